"""Puts one minute of Bedrock's metrics into CloudWatch, as the account whose role is given; prints the minute."""

import datetime
import sys

import boto3

url, role_arn, model_id, tokens = sys.argv[1:5]
sts = boto3.client("sts", endpoint_url=url, region_name="us-east-1")
session = sts.assume_role(RoleArn=role_arn, RoleSessionName="metrics")["Credentials"]
cloudwatch = boto3.client(
    "cloudwatch",
    endpoint_url=url,
    region_name="us-east-1",
    aws_access_key_id=session["AccessKeyId"],
    aws_secret_access_key=session["SecretAccessKey"],
    aws_session_token=session["SessionToken"],
)
minute = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0) - datetime.timedelta(minutes=5)
dimensions = [{"Name": "ModelId", "Value": model_id}]
for second in (3, 40):
    datum = {
        "MetricName": "EstimatedTPMQuotaUsage",
        "Dimensions": dimensions,
        "Timestamp": minute + datetime.timedelta(seconds=second),
        "Value": float(tokens) / 2,
    }
    cloudwatch.put_metric_data(Namespace="AWS/Bedrock", MetricData=[datum])
print(int(minute.timestamp()) * 1000)
