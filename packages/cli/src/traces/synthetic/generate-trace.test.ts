import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TraceCall } from "../trace-call.ts";
import { TraceSums } from "../trace-summary.ts";
import { generateTrace } from "./generate-trace.ts";
import { mostP95ToMean } from "./log-normal.ts";
import { shapeNames } from "./shape-names.ts";
import type { TrafficProfile } from "./traffic-profile.ts";

function profile(changes: Partial<TrafficProfile> = {}): TrafficProfile {
  return {
    profile: "shardrock-traffic/1",
    callsPerSecond: 10,
    durationMs: 3_600_000,
    shape: "steady",
    gapVariation: 1,
    input: { kind: "log-normal", mean: 1_155, p95: 4_083 },
    output: { kind: "log-normal", mean: 211, p95: 451 },
    models: {},
    tenants: {},
    ...changes,
  };
}

function generated(changes: Partial<TrafficProfile> = {}, seed = 1): readonly TraceCall[] {
  return [...generateTrace({ profile: profile(changes), seed })];
}

const ratio = (one: number, other: number): number => Math.max(one, other) / Math.min(one, other);

describe.each(shapeNames)("a %s trace", (shape) => {
  it.each([1, 2, 3])("has the rate and the sizes that were asked for (seed %d)", (seed) => {
    const sums = new TraceSums();
    for (const call of generated({ shape }, seed)) sums.add(call);
    const { calls, spanMs, input, output } = sums.summary();

    // Calls of a task come together, so that chance moves their number more.
    expect(ratio(calls, 36_000)).toBeLessThan(shape === "agents" ? 1.07 : 1.03);
    expect(ratio(spanMs, 3_600_000)).toBeLessThan(1.01);
    expect(ratio(input.mean, 1_155)).toBeLessThan(1.04);
    expect(ratio(input.p95, 4_083)).toBeLessThan(1.06);
    expect(ratio(output.mean, 211)).toBeLessThan(1.02);
    expect(ratio(output.p95, 451)).toBeLessThan(1.03);
  });

  it("is the same with the same seed and another with another", () => {
    const [one, same, other] = [1, 1, 2].map((seed) => JSON.stringify(generated({ shape, durationMs: 60_000 }, seed)));

    expect(one).toBe(same);
    expect(one).not.toBe(other);
  });

  it("begins at 0 and never goes back in time", () => {
    const calls = generated({ shape, durationMs: 600_000 });

    expect(calls[0]?.atMs).toBe(0);
    for (const [place, call] of calls.entries()) {
      expect(call.atMs).toBeGreaterThanOrEqual(calls[place - 1]?.atMs ?? 0);
      expect(Number.isInteger(call.inputTokens) && call.inputTokens >= 1).toBe(true);
    }
  });
});

it("meets any mean and 95th percentile that log-normal sizes can have", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 50_000 }),
      fc.double({ min: 1, max: mostP95ToMean * 0.9, noNaN: true }),
      fc.integer({ min: 0, max: 1e6 }),
      (mean, factor, seed) => {
        const p95 = Math.round(mean * factor);
        const sums = new TraceSums();
        const changes = { input: { kind: "log-normal", mean, p95 }, durationMs: 2_000_000 } as const;
        for (const call of generated(changes, seed)) sums.add(call);
        const { input } = sums.summary();
        expect(ratio(input.mean, mean)).toBeLessThan(1.06);
        expect(ratio(input.p95, p95)).toBeLessThan(1.1);
      },
    ),
    { seed: 8, numRuns: 20 },
  );
});

/** Calls in each of so many equal parts of an hour. */
function counts(calls: readonly TraceCall[], parts: number): readonly number[] {
  const found = Array.from({ length: parts }, () => 0);
  for (const { atMs } of calls) {
    const part = Math.min(parts - 1, Math.floor((atMs / 3_600_000) * parts));
    found[part] = (found[part] ?? 0) + 1;
  }
  return found;
}

it("is low at night and high at noon when it is diurnal", () => {
  const [first = 0, , , middle = 0, , , last = 0] = counts(generated({ shape: "diurnal" }), 7);

  expect(middle / first).toBeGreaterThan(2.4);
  expect(middle / last).toBeGreaterThan(2.4);
});

it("has a spike of six times the rest in every ten minutes when it is spiky", () => {
  const minutes = counts(generated({ shape: "spiky" }), 180);
  const usual = minutes.toSorted((one, other) => one - other)[90] ?? 0;

  for (let period = 0; period < 6; period += 1)
    expect(Math.max(...minutes.slice(period * 30, period * 30 + 30)) / usual).toBeGreaterThan(4.5);
  expect(minutes.filter((count) => count > 3 * usual).length).toBeLessThan(36);
});

it("rises from a fifth of the mean to nine fifths when it is a ramp", () => {
  const parts = counts(generated({ shape: "ramp" }), 8);

  expect(ratio(parts[0] ?? 0, 0.3 * 4_500)).toBeLessThan(1.12);
  expect(ratio(parts[7] ?? 0, 1.7 * 4_500)).toBeLessThan(1.06);
});

it("follows the rates of a profile part by part", () => {
  const parts = counts(generated({ shape: [1, 0, 3, 4] }), 4);

  expect(parts.map((count) => Math.round(count / 4_500))).toEqual([1, 0, 3, 4]);
});

it.each([0, 0.5, 1, 3])("has gaps whose deviation is %d of their mean when asked to", (gapVariation) => {
  const times = generated({ gapVariation }).map(({ atMs }) => atMs);
  const gaps = times.slice(1).map((at, place) => at - (times[place] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);

  expect(Math.abs(deviation / mean - gapVariation)).toBeLessThan(0.02 + 0.06 * gapVariation);
});

it("lets an agent's prompts grow from call to call, with time to think in between", () => {
  // So few calls that two tasks hardly ever meet.
  const calls = generated({ shape: "agents", callsPerSecond: 0.0005, durationMs: 10_000 * 3_600_000 });
  const chains: TraceCall[][] = [];
  for (const call of calls) {
    const last = chains.at(-1)?.at(-1);
    if (last !== undefined && call.atMs - last.atMs < 120_000) chains.at(-1)?.push(call);
    else chains.push([call]);
  }
  const grown = chains.filter((chain) => chain.every((call, place) => call.inputTokens >= (chain[place - 1]?.inputTokens ?? 0))); // prettier-ignore

  expect(calls.length / chains.length).toBeGreaterThan(6);
  expect(grown.length / chains.length).toBeGreaterThan(0.85);
});

it("ends answers at max_tokens, and sets it for the share of calls that do", () => {
  const always = { share: 1, size: { kind: "log-normal", mean: 100, p95: 100 } } as const;
  const all = generated({ maxTokens: always, durationMs: 60_000 });
  const half = generated({ maxTokens: { ...always, share: 0.5 }, durationMs: 600_000 });

  expect(Math.max(...all.map(({ outputTokens }) => outputTokens))).toBe(100);
  expect(all.every(({ maxTokens }) => maxTokens === 100)).toBe(true);
  expect(ratio(half.filter(({ maxTokens }) => maxTokens === 100).length, half.length / 2)).toBeLessThan(1.05);
});

it("names models and tenants by their shares", () => {
  const calls = generated({ models: { chat: 1 }, tenants: { web: 3, batch: 1 } });

  expect(calls.every(({ model }) => model === "chat")).toBe(true);
  expect(ratio(calls.filter(({ tenant }) => tenant === "web").length, calls.length * 0.75)).toBeLessThan(1.02);
});

it("draws nothing else anew when one thing changes", () => {
  const plain = generated({ durationMs: 60_000 });
  const named = generated({
    durationMs: 60_000,
    tenants: { a: 1, b: 1 },
    output: { kind: "log-normal", mean: 9, p95: 9 },
  });

  expect(named.map(({ atMs, inputTokens }) => [atMs, inputTokens])).toEqual(
    plain.map(({ atMs, inputTokens }) => [atMs, inputTokens]),
  );
});

it.each(["steady", "ramp", "agents"] as const)(
  "makes calls one by one: a %s trace without end begins at once",
  (shape) => {
    const [first] = generateTrace({ profile: profile({ shape, durationMs: 1e15 }), seed: 1 });

    expect(first).toMatchObject({ atMs: 0 });
  },
);
