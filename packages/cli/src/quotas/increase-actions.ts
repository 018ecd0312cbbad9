/** What asking for higher quotas takes, besides reading them. */
export const increaseActions: readonly string[] = [
  "servicequotas:ListRequestedServiceQuotaChangeHistory",
  "servicequotas:RequestServiceQuotaIncrease",
];
