/** What a reload of a played plan leaves as it is. */
export const reloadRest = {
  maxWaitMs: 30_000,
  ageingMs: 10_000,
  tenants: {},
  affinity: { ttlMs: 300_000, maxKeys: 10_000 },
  added: [],
  removed: [],
};
