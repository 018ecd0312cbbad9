import { type Random, seededRandom } from "@shardrock/core";
import type { TraceCall } from "../trace-call.ts";
import { agentCalls } from "./agent-calls.ts";
import { arrivals } from "./arrivals.ts";
import { streamSeed } from "./draws.ts";
import { stretchesOf } from "./shape.ts";
import { sizeDrawer } from "./size-distribution.ts";
import type { TrafficProfile } from "./traffic-profile.ts";

export interface GenerateOptions {
  readonly profile: TrafficProfile;
  /** A whole number; the same one gives the same calls. */
  readonly seed: number;
}

/** When a call comes and how large its prompt is. */
export interface Arrival {
  readonly atMs: number;
  readonly inputTokens: number;
}

/** Calls like those of a profile, by time, one by one; the first comes at 0. Answers end at max_tokens where it is set. */
export function* generateTrace({ profile, seed }: GenerateOptions): Generator<TraceCall, void, undefined> {
  const chance = (purpose: number): Random => seededRandom(streamSeed(seed, purpose));
  const [outputs, maxima, models, tenants] = [chance(3), chance(4), chance(5), chance(6)];
  const output = sizeDrawer(profile.output, 0);
  const maximum = maximumDrawer(profile);
  const model = nameDrawer(profile.models);
  const tenant = nameDrawer(profile.tenants);
  let startMs: number | undefined;
  for (const { atMs, inputTokens } of arrivalsOf(profile, chance)) {
    startMs ??= atMs;
    const maxTokens = maximum(maxima);
    const drawn = output(outputs);
    yield {
      atMs: atMs - startMs,
      model: model(models),
      tenant: tenant(tenants),
      inputTokens,
      outputTokens: maxTokens === undefined ? drawn : Math.min(drawn, maxTokens),
      maxTokens,
      priority: 0,
    };
  }
}

function* arrivalsOf(profile: TrafficProfile, chance: (purpose: number) => Random): Generator<Arrival> {
  const perMs = profile.callsPerSecond / 1_000;
  const { durationMs, shape, gapVariation } = profile;
  const [times, inputs] = [chance(1), chance(2)];
  if (shape === "agents") return yield* agentCalls({ profile, perMs }, { times, inputs });
  const input = sizeDrawer(profile.input, 1);
  const stretches = stretchesOf(shape, durationMs, chance(0));
  for (const atMs of arrivals({ stretches, perMs, gapVariation }, times)) yield { atMs, inputTokens: input(inputs) };
}

function maximumDrawer({ maxTokens }: TrafficProfile): (random: Random) => number | undefined {
  if (maxTokens === undefined) return () => undefined;
  const { share, size } = maxTokens;
  const draw = sizeDrawer(size, 1);
  return (random) => {
    const isSet = random() < share;
    const drawn = draw(random);
    return isSet ? drawn : undefined;
  };
}

function nameDrawer(shares: Readonly<Record<string, number>>): (random: Random) => string | undefined {
  const names = Object.entries(shares);
  const total = names.reduce((sum, [, share]) => sum + share, 0);
  return (random) => {
    let left = random() * total;
    for (const [name, share] of names) {
      left -= share;
      if (left < 0) return name;
    }
    return names.at(-1)?.[0];
  };
}
