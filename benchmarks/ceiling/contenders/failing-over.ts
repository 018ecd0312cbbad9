import type { Random } from "@shardrock/core";
import type { Serve, Stage } from "../stage.ts";
import type { WorkCall } from "../stream.ts";
import { sending } from "./sending.ts";

/** A throttled call is tried at so many targets at most. */
const mostTries = 3;

/** Picks where a call goes next, among targets it has not tried; undefined: nowhere. */
type Pick = (call: WorkCall, tried: ReadonlySet<number>) => number | undefined;

/** Sends where `pick` says, and elsewhere at once when AWS refuses. */
function failingOver(
  stage: Stage,
  pick: Pick,
  told: (target: number, call: WorkCall, isServed: boolean) => void,
): Serve {
  return sending(stage, async (call, tryAt) => {
    const tried = new Set<number>();
    while (tried.size < mostTries) {
      const target = pick(call, tried);
      if (target === undefined) return undefined;
      tried.add(target);
      const isServed = await tryAt(target);
      told(target, call, isServed);
      if (isServed) return target;
    }
    return undefined;
  });
}

/** At random by quota. Like LiteLLM's simple-shuffle with a tpm for each deployment. */
export function weightedRandom(stage: Stage): Serve {
  const quotas = quotasOf(stage);
  const pick: Pick = (_call, tried) => drawn(quotas, tried, stage.random);
  return failingOver(stage, pick, () => {});
}

/** One target until it throttles, then the next. */
export function stickyUntilThrottled(stage: Stage): Serve {
  const count = stage.world.targets.length;
  let current = 0;
  const pick: Pick = (_call, tried) => (tried.has(current) ? undefined : current);
  return failingOver(stage, pick, (target, _call, isServed) => {
    if (!isServed && target === current) current = (current + 1) % count;
  });
}

/**
 * The target that has used least in this minute, counted by the clock's own minute when a call has ended. Skips what
 * would go over its quota. Like LiteLLM's usage-based routing: input and output tokens, as the answer tells them.
 */
export function leastUsed(stage: Stage): Serve {
  const quotas = quotasOf(stage);
  let used = quotas.map(() => 0);
  let window = 0;
  const roll = (): void => {
    const now = Math.floor(stage.clock.monotonicMs() / stage.windowMs);
    if (now !== window) used = quotas.map(() => 0);
    window = now;
  };
  const pick: Pick = ({ inputTokens }, tried) => {
    roll();
    let best: number | undefined;
    for (const [target, quota] of quotas.entries()) {
      const mayTake = !tried.has(target) && (used[target] ?? 0) + inputTokens <= quota;
      if (mayTake && (best === undefined || (used[target] ?? 0) < (used[best] ?? 0))) best = target;
    }
    return best;
  };
  return failingOver(stage, pick, (target, { inputTokens, outputTokens }, isServed) => {
    roll();
    if (isServed) used[target] = (used[target] ?? 0) + inputTokens + outputTokens;
  });
}

/** What each target's token quota is believed to be. */
function quotasOf({ world }: Stage): number[] {
  return world.targets.map(({ quotas }) => world.limits.get(quotas[0]?.key ?? "")?.value ?? 0);
}

function drawn(weights: readonly number[], without: ReadonlySet<number>, random: Random): number | undefined {
  const left = [...weights.entries()].filter(([place]) => !without.has(place));
  let share = random() * left.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [place, weight] of left) {
    share -= weight;
    if (share < 0) return place;
  }
  return undefined;
}
