/**
 * All that reading limits needs: sessions that read may do nothing else, whatever the role allows besides. None of these
 * actions takes a resource, but `RequestServiceQuotaIncrease` and the like are not among them.
 * Source: AWS Service Authorization Reference, snapshot of 2026-09.
 */
export const sessionPolicy: string = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "ShardrockReadsQuotas",
      Effect: "Allow",
      Action: [
        "servicequotas:ListServiceQuotas",
        "servicequotas:ListAWSDefaultServiceQuotas",
        "bedrock:ListInferenceProfiles",
        "cloudwatch:GetMetricData",
      ],
      Resource: "*",
    },
  ],
});
