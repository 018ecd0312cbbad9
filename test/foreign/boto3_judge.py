"""Asks the simulated AWS at argv[1] what a boto3 user would, and prints what came back as JSON.

botocore checks every answer against AWS's own service model, so a wrong name or type shows here.
"""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, role, external_id, model = sys.argv[1:5]
config = Config(retries={"total_max_attempts": 1}, parameter_validation=True)


def client(service, **keys):
    return boto3.client(service, region_name="us-east-1", endpoint_url=url, config=config, **keys)


def code_of(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
    return None


sts = client("sts")
assumed = sts.assume_role(RoleArn=role, RoleSessionName="judge", ExternalId=external_id)["Credentials"]
keys = {
    "aws_access_key_id": assumed["AccessKeyId"],
    "aws_secret_access_key": assumed["SecretAccessKey"],
    "aws_session_token": assumed["SessionToken"],
}
bedrock = client("bedrock-runtime", **keys)
messages = [{"role": "user", "content": [{"text": "Name three rivers."}]}]
limit = {"maxTokens": 50}
metadata = {"outputTokens": "30"}
converse = bedrock.converse(modelId=model, messages=messages, inferenceConfig=limit, requestMetadata=metadata)
stream = bedrock.converse_stream(modelId=model, messages=messages, inferenceConfig=limit, requestMetadata=metadata)
events = list(stream["stream"])
body = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "messages": [{"role": "user", "content": "Hello"}]})
invoked = bedrock.invoke_model(modelId=model, body=body)
chunks = [json.loads(event["chunk"]["bytes"]) for event in bedrock.invoke_model_with_response_stream(modelId=model, body=body)["body"]]

print(json.dumps({
    "account": client("sts", **keys).get_caller_identity()["Account"],
    "converse": {"usage": converse["usage"], "text": converse["output"]["message"]["content"][0]["text"]},
    "stream": [next(iter(event)) for event in events],
    "streamUsage": events[-1]["metadata"]["usage"],
    "invoked": json.loads(invoked["body"].read())["usage"],
    "chunks": [chunk["type"] for chunk in chunks],
    "tooLarge": code_of(lambda: bedrock.converse(modelId=model, messages=messages, inferenceConfig={"maxTokens": 60000})),
    "wrongExternalId": code_of(lambda: sts.assume_role(RoleArn=role, RoleSessionName="judge", ExternalId="wrong")),
    "unknownModel": code_of(lambda: bedrock.converse(modelId="us.anthropic.nobody", messages=messages)),
    "wrongSecret": code_of(
        lambda: client("bedrock-runtime", **{**keys, "aws_secret_access_key": "wrong"}).converse(modelId=model, messages=messages)
    ),
}))
