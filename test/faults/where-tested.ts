/** Rows of the fault table that can be tested now. */
export const rowsInScope: readonly number[] = [...range(1, 35), 37, ...range(39, 42)];

const transport = "packages/core/src/bedrock/transport";
const identity = "packages/core/src/bedrock/identity";
const client = "packages/core/src/bedrock/client";
const streams = "packages/core/src/bedrock/streams";
const failover = "packages/failover/src";
const shared = "packages/redis/src/ledger";
const history = "test/redis/history/history.test.ts";
const quotaWatch = "packages/quotas/src/watch/quota-watcher.test.ts";
const discovery = "test/simulation/quotas/discovery.test.ts";
const changing = "test/simulation/quotas/discovery-virtual.test.ts";

const promises = "test/faults/promises.test.ts";
const seeds = "test/faults/seeds.test.ts";
const dropIn = `${client}/sharded-bedrock-runtime.test.ts`;

/** Where each row of the fault table is tested; a text says why it is not. */
export const whereTested: Readonly<Record<number, readonly string[] | string>> = {
  1: [`${identity}/assumed-roles.test.ts`, `${identity}/role-session.test.ts`, "test/simulation/identity.test.ts"],
  2: [promises, "test/simulation/identity.test.ts", dropIn],
  3: [
    `${identity}/assumed-roles.test.ts`,
    "test/simulation/identity.test.ts",
    "test/simulation/sharded-client.test.ts",
  ],
  4: [
    promises,
    "test/simulation/failover-client.test.ts",
    "test/routing/failover.test.ts",
    `${failover}/failover-health.test.ts`,
  ],
  5: [
    `${identity}/assumed-roles.test.ts`,
    `${identity}/sts-sessions.test.ts`,
    `${identity}/role-session.test.ts`,
    "test/simulation/identity.test.ts",
  ],
  6: ["test/faults/sessions.test.ts", "test/faults/hostile-bodies.test.ts"],
  7: [`${transport}/free-retry.test.ts`, `${identity}/role-session.test.ts`],
  8: [`${transport}/free-retry.test.ts`, `${identity}/role-session.test.ts`, dropIn],
  9: [promises, seeds, `${identity}/role-session.test.ts`],
  10: [
    promises,
    "test/routing/failover.test.ts",
    `${failover}/ejection.test.ts`,
    `${failover}/failover-health.test.ts`,
    "test/simulation/failover-client.test.ts",
  ],
  11: [promises, "test/routing/failover.test.ts"],
  12: [
    promises,
    "test/routing/hanging.test.ts",
    `${transport}/over-sockets.test.ts`,
    `${streams}/guarded-stream.test.ts`,
    "test/faults/toxics.test.ts",
    "test/simulation/sharded-client.test.ts",
  ],
  13: [`${transport}/over-sockets.test.ts`, `${streams}/guarded-stream.test.ts`],
  14: [promises, "test/simulation/sharded-client.test.ts", `${streams}/guarded-stream.test.ts`, dropIn],
  15: [promises, `${streams}/guarded-stream.test.ts`, dropIn],
  16: [
    promises,
    "test/faults/cuts.test.ts",
    "test/faults/hostile-bodies.test.ts",
    `${transport}/over-sockets.test.ts`,
    `${streams}/guarded-stream.test.ts`,
    "test/simulation/sharded-client.test.ts",
  ],
  17: ["test/faults/hostile-bodies.test.ts", `${transport}/frame-bound.test.ts`, `${transport}/leaving-errors.test.ts`],
  18: [
    promises,
    "test/simulation/learning.test.ts",
    "test/contract/memory-ledger.test.ts",
    quotaWatch,
    discovery,
    changing,
  ],
  19: [
    `${client}/operations.test.ts`,
    `${client}/model-index.test.ts`,
    "test/routing/operations.test.ts",
    "packages/core/src/bedrock/fleet/build-fleet.test.ts",
    quotaWatch,
    discovery,
    changing,
  ],
  20: [
    quotaWatch,
    "packages/quotas/src/known/known-file.test.ts",
    "packages/quotas/src/reader/paced-reader.test.ts",
    discovery,
  ],
  21: ["packages/quotas/src/drift/drift-watch.test.ts", "test/simulation/quotas/drift.test.ts"],
  22: [`${shared}/store-down.test.ts`, history],
  23: [`${shared}/store-down.test.ts`, history],
  24: [`${shared}/store-down.test.ts`, "test/redis/store-faults.test.ts"],
  25: ["test/redis/clients.test.ts"],
  26: [`${shared}/shared-ledger.test.ts`, "test/redis/store-faults.test.ts", history],
  27: [seeds, "packages/core/src/bedrock/usage/answer/usage.test.ts", "test/contract/memory-ledger.test.ts", dropIn],
  28: ["test/routing/router.test.ts", `${client}/open-router.test.ts`],
  29: ["test/simulation/virtual-run.test.ts", "test/routing/claims.test.ts"],
  30: [promises, "test/routing/shedding.test.ts", "test/routing/router.test.ts", "test/property/waiting-room.test.ts"],
  31: [promises, "test/routing/router.test.ts", dropIn],
  32: [dropIn, `${streams}/guarded-stream.test.ts`],
  33: [
    `${transport}/over-sockets.test.ts`,
    `${streams}/guarded-stream.test.ts`,
    `${streams}/stream-handle.test.ts`,
    "test/simulation/sharded-client.test.ts",
  ],
  34: [promises, `${client}/operations.test.ts`, "test/routing/operations.test.ts", "test/property/operations.test.ts"],
  35: [`${shared}/shared-ledger.test.ts`],
  37: [
    `${client}/operations.test.ts`,
    `${client}/router-book.test.ts`,
    `${shared}/shared-ledger.test.ts`,
    "packages/redis/src/health/redis-bond.test.ts",
  ],
  39: ["test/simulation/hostile-environment.test.ts", `${client}/environment.test.ts`, dropIn],
  40: [
    "test/property/residency.test.ts",
    "packages/core/src/routing/residency.test.ts",
    "packages/core/src/bedrock/fleet/build-fleet.test.ts",
  ],
  41: [seeds, "test/simulation/learning.test.ts"],
  42: [
    promises,
    `${transport}/over-sockets.test.ts`,
    `${transport}/shared-handler.test.ts`,
    `${transport}/leaving-errors.test.ts`,
    "packages/core/src/bedrock/classify.test.ts",
  ],
};

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
