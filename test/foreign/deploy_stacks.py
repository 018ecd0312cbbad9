"""Deploys templates to somebody else's CloudFormation, and prints what IAM has of them then.

Usage: deploy_stacks.py ENDPOINT_URL ROLES_TEMPLATE HUB_TEMPLATE
"""

import json
import sys

import boto3

url, roles, hub = sys.argv[1:]
keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
iam = boto3.client("iam", endpoint_url=url, **keys)
cloudformation = boto3.client("cloudformation", endpoint_url=url, **keys)


def deploy(name, path, parameters):
    with open(path, encoding="utf-8") as template:
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=template.read(),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def attached(role):
    policies = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    arns = [policy["PolicyArn"] for policy in policies]
    versions = [iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] for arn in arns]
    return [
        iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        for arn, version in zip(arns, versions)
    ]


outputs = deploy("roles", roles, {"ExternalId": "an-external-id"})
iam.create_role(RoleName="app", AssumeRolePolicyDocument="{}")
deploy("hub", hub, {})
invoke = iam.get_role(RoleName="shardrock")["Role"]
print(
    json.dumps(
        {
            "outputs": outputs,
            "trust": invoke["AssumeRolePolicyDocument"],
            "invoke": attached("shardrock"),
            "observe": attached("shardrock-observe"),
            "hub": attached("app"),
        }
    )
)
