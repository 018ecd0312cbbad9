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
  /** Weights of the tenants, by name. */
  readonly tenants: Readonly<Record<string, { readonly weight: number }>> | undefined;
}

/** Serves a call or gives it up; never rejects. */
export type Serve = (call: WorkCall) => Promise<void>;

/** How an attempt came out; waits are the contender's to know. */
export type Answer = Answered | ThrottledCall;

export interface Answered {
  readonly kind: "answered";
  /** What AWS charged. */
  readonly tokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

/** One attempt at the simulated AWS, at a target by its place in the world. */
export async function attempt(stage: Stage, target: number, call: WorkCall): Promise<Answer> {
  const { world, clock, tally, windowMs } = stage;
  const { inputTokens, outputTokens, maxTokens, prefix } = call;
  const place = world.targets[target];
  if (place === undefined) throw new RangeError(`no target ${target}`);
  const { accountId, region, modelId } = place;
  const asked = { accountId, region, modelId, inputTokens, maxTokens, cachePrefix: prefix };
  const answer = world.bedrock.admit(asked, clock.monotonicMs());
  if (answer.kind === "unknown-model") throw new RangeError(`the simulated AWS does not know ${place.id}`);
  tally.attempt(call.stream, target, answer.kind === "throttled" ? answer : undefined);
  if (answer.kind === "throttled") return answer;
  await clock.sleep(serviceMsOf(call, windowMs));
  const { cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = answer;
  answer.end({ inputTokens, cacheWriteInputTokens, outputTokens }, clock.monotonicMs());
  const tokens = (call.actual.tokens ?? 0) - cacheReadInputTokens;
  return { kind: "answered", tokens, cacheReadTokens: cacheReadInputTokens, cacheWriteTokens: cacheWriteInputTokens };
}

/** The model is as much faster as the window is shorter. */
export function serviceMsOf({ outputTokens }: WorkCall, windowMs: number): number {
  return (serviceMs(outputTokens) * windowMs) / 60_000;
}
