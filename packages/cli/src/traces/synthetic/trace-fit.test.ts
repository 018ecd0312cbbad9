import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TraceCall } from "../trace-call.ts";
import { generateTrace } from "./generate-trace.ts";
import { NameCounts } from "./name-counts.ts";
import { shapeNames } from "./shape-names.ts";
import { TokenHistogram } from "./token-histogram.ts";
import { TraceFit } from "./trace-fit.ts";
import { type TrafficProfile, trafficProfileSchema } from "./traffic-profile.ts";

const asked: TrafficProfile = {
  profile: "shardrock-traffic/1",
  callsPerSecond: 10,
  durationMs: 3_600_000,
  shape: "steady",
  gapVariation: 1,
  input: { kind: "log-normal", mean: 1_155, p95: 4_083 },
  output: { kind: "log-normal", mean: 211, p95: 451 },
  maxTokens: { share: 0.5, size: { kind: "log-normal", mean: 1_000, p95: 1_000 } },
  models: { chat: 0.75, code: 0.25 },
  tenants: {},
};

function fitted(calls: Iterable<TraceCall>): TrafficProfile {
  const fit = new TraceFit();
  for (const call of calls) fit.add(call);
  const profile = fit.profile();
  if (profile === undefined) throw new Error("nothing to fit");
  return profile;
}

const ratio = (one: number, other: number): number => Math.max(one, other) / Math.min(one, other);

/** That two profiles make about the same traffic. */
function expectAlike(one: TrafficProfile, other: TrafficProfile): void {
  expect(ratio(one.callsPerSecond, other.callsPerSecond)).toBeLessThan(1.03);
  expect(ratio(one.durationMs, other.durationMs)).toBeLessThan(1.01);
  for (const side of ["input", "output"] as const) {
    expect(ratio(one[side].mean, other[side].mean)).toBeLessThan(1.04);
    expect(ratio(one[side].p95, other[side].p95)).toBeLessThan(1.06);
  }
  expect(Math.abs(one.gapVariation - other.gapVariation)).toBeLessThan(0.1 * Math.max(1, other.gapVariation));
  expect(one.maxTokens?.share ?? 0).toBeCloseTo(other.maxTokens?.share ?? 0, 1);
  for (const [name, share] of Object.entries(other.models)) expect(one.models[name]).toBeCloseTo(share, 1);
}

describe.each(shapeNames)("what is fitted to a %s trace", (shape) => {
  it("is what the trace was generated from, and so is what is fitted to a trace of that", () => {
    const once = fitted(generateTrace({ profile: { ...asked, shape }, seed: 3 }));
    const twice = fitted(generateTrace({ profile: once, seed: 4 }));

    expectAlike(once, asked);
    expectAlike(twice, once);
  });
});

it("finds a steady trace steady, and a wave's height where it is", () => {
  const wave = fitted(generateTrace({ profile: { ...asked, shape: "diurnal" }, seed: 3 })).shape;
  if (typeof wave === "string") throw new Error("the wave was lost");

  expect(fitted(generateTrace({ profile: asked, seed: 3 })).shape).toBe("steady");
  expect(wave[Math.floor(wave.length / 2)]).toBeCloseTo(1.6, 0);
  expect(wave[0]).toBeCloseTo(0.4, 0);
  expect(wave.reduce((sum, level) => sum + level, 0) / wave.length).toBeCloseTo(1, 2);
});

it("finds bursts, and does not take whole seconds for them", () => {
  const bursts = fitted(generateTrace({ profile: { ...asked, gapVariation: 3 }, seed: 3 }));
  const calls = [...generateTrace({ profile: asked, seed: 3 })];
  const coarse = fitted(calls.map((call) => ({ ...call, atMs: Math.floor(call.atMs / 1_000) * 1_000 })));

  expect(bursts.gapVariation).toBeGreaterThan(2.5);
  expect(coarse.gapVariation).toBe(1);
});

it("survives being written as JSON, and stays small", () => {
  const profile = fitted(generateTrace({ profile: { ...asked, shape: "spiky" }, seed: 3 }));

  expect(trafficProfileSchema.parse(JSON.parse(JSON.stringify(profile)))).toEqual(profile);
  expect(JSON.stringify(profile).length).toBeLessThan(12_000);
});

it("fits nothing to a trace whose calls all come at once", () => {
  const fit = new TraceFit();
  const [call] = generateTrace({ profile: asked, seed: 1 });
  if (call === undefined) throw new Error("no call");

  fit.add(call);
  fit.add(call);

  expect(fit.profile()).toBeUndefined();
});

it("fits whatever calls there are into a profile that traces can be made from", () => {
  const call = fc.record({
    atMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    model: fc.option(fc.constantFrom("a", "b"), { nil: undefined }),
    tenant: fc.constant(undefined),
    inputTokens: fc.nat(1e7),
    outputTokens: fc.nat(1e7),
    maxTokens: fc.option(fc.integer({ min: 1, max: 1e6 }), { nil: undefined }),
    priority: fc.constant(0),
  });
  fc.assert(
    fc.property(fc.array(call, { minLength: 2, maxLength: 60 }), (calls) => {
      const sorted = calls.toSorted((one, other) => one.atMs - other.atMs);
      const startMs = sorted[0]?.atMs ?? 0;
      const fit = new TraceFit();
      for (const each of sorted) fit.add({ ...each, atMs: each.atMs - startMs });
      const profile = fit.profile();
      if (profile === undefined || profile.callsPerSecond > 1e6 || profile.callsPerSecond === 0) return;
      expect(trafficProfileSchema.safeParse(profile)).toMatchObject({ success: true });
      for (const made of generateTrace({ profile, seed: 1 }))
        expect(Number.isFinite(made.atMs + made.inputTokens)).toBe(true);
    }),
    { seed: 8, numRuns: 200 },
  );
});

it("counts sizes to a thousandth, and small ones exactly, in any order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(2e6), { minLength: 1, maxLength: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (sizes, share) => {
        const histogram = new TokenHistogram();
        for (const size of sizes) histogram.add(size);
        const sorted = sizes.toSorted((one, other) => one - other);
        const exact = sorted[Math.max(0, Math.ceil(share * sizes.length - 1e-9) - 1)] ?? 0;
        expect(Math.abs(histogram.quantile(share) - exact)).toBeLessThanOrEqual(exact < 4_096 ? 0 : exact / 1_000);
        expect(histogram.mean).toBeCloseTo(sizes.reduce((sum, size) => sum + size, 0) / sizes.length, 3);
      },
    ),
    { seed: 8 },
  );
});

it("does not gather names without end", () => {
  const names = new NameCounts(2);
  for (const name of ["a", "b", "c", "a", undefined, "d"]) names.add(name);

  expect(names.counts).toEqual([["a", 2], ["b", 1]]); // prettier-ignore
  expect([names.others, names.unnamed]).toEqual([2, 1]);
});
