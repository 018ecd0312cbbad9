import { systemClock } from "../../clock.ts";
import type { PlannerEdge } from "../client/call-planner.ts";
import { openRouter } from "../client/open-router.ts";
import type { Config } from "../config/shardrock-config.ts";
import { Estimates } from "../usage/estimates/estimates.ts";

/** For tests: what planning needs of an edge, without roles and sockets. */
export function plannerEdge(config: Config): PlannerEdge {
  const { router, fleet } = openRouter(config);
  const { maxTokens, windows } = config;
  return {
    router,
    fleet,
    config,
    estimates: new Estimates({ fleet, clock: systemClock, maxTokens, minuteMs: windows.minuteMs }),
  };
}
