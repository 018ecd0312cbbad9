/** What `shardrock doctor` asks of an account besides its quotas. It changes nothing and calls no model. */
export const doctorActions: readonly string[] = [
  "bedrock:GetFoundationModelAvailability",
  "bedrock:GetModelInvocationLoggingConfiguration",
  "bedrock:ListInferenceProfiles",
  "servicequotas:ListAWSDefaultServiceQuotas",
  "servicequotas:ListServiceQuotas",
];
