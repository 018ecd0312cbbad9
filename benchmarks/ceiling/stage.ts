import type { Clock, Random } from "@shardrock/core";
import { serviceMs, type ThrottledCall } from "@shardrock/simulator";
import type { StreamShape, WorkCall } from "./stream.ts";
import type { Tally } from "./tally.ts";
import type { World } from "./world.ts";

/** Where contenders play: one simulated AWS, one clock, one tally. */
export interface Stage {
  readonly world: World;
  readonly clock: Clock;
  readonly random: Random;
  readonly tally: Tally;
  readonly windowMs: number;
  readonly streams: readonly StreamShape[];
}

/** Serves a call or gives it up; never rejects. */
export type Serve = (call: WorkCall) => Promise<void>;

/** How an attempt came out; waits are the contender's to know. */
export type Answer = "ok" | ThrottledCall["message"];

/** One attempt at the simulated AWS, at a target by its place in the world. */
export async function attempt(
  { world, clock, tally, windowMs }: Stage,
  target: number,
  call: WorkCall,
): Promise<Answer> {
  const { inputTokens, outputTokens, maxTokens } = call;
  const place = world.targets[target];
  if (place === undefined) throw new RangeError(`no target ${target}`);
  const { accountId, region, modelId } = place;
  const answer = world.bedrock.admit({ accountId, region, modelId, inputTokens, maxTokens }, clock.monotonicMs());
  tally.attempt(call.stream, target, answer.kind === "throttled");
  if (answer.kind === "unknown-model") throw new RangeError(`the simulated AWS does not know ${place.id}`);
  if (answer.kind === "throttled") return answer.message;
  await clock.sleep(serviceMsOf(call, windowMs));
  answer.end({ inputTokens, outputTokens }, clock.monotonicMs());
  return "ok";
}

/** The model is as much faster as the window is shorter. */
export function serviceMsOf({ outputTokens }: WorkCall, windowMs: number): number {
  return (serviceMs(outputTokens) * windowMs) / 60_000;
}
