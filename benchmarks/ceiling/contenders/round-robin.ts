import type { Serve, Stage } from "../stage.ts";
import { sending } from "./sending.ts";
import { StandardRetry } from "./standard-retry.ts";

/** What people do first: one SDK client per target in turn, each with the SDK's standard retries. */
export function roundRobin(stage: Stage): Serve {
  const clients = stage.world.targets.map(() => new StandardRetry(stage));
  let turn = 0;
  return sending(stage, async (_call, tryAt) => {
    const target = turn % clients.length;
    turn += 1;
    const isServed = await clients[target]?.send(async () => ((await tryAt(target)) ? "served" : "throttled"));
    return isServed ? target : undefined;
  });
}
