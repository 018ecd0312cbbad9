/** What `shardrock doctor` asks of an account. It changes nothing and calls no model. */
export const doctorActions: readonly string[] = [
  "bedrock:GetFoundationModelAvailability",
  "bedrock:GetModelInvocationLoggingConfiguration",
  "bedrock:ListInferenceProfiles",
  "servicequotas:ListAWSDefaultServiceQuotas",
  "servicequotas:ListServiceQuotas",
];

/** Its sessions may do nothing else, whatever their role allows. */
export const doctorPolicy: string = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: doctorActions, Resource: "*" }],
});
