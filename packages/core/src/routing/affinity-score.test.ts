import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryLimits } from "../budget/memory-limits.ts";
import type { Candidate } from "../budget/target.ts";
import { cacheLossMs, staysHome } from "./affinity-score.ts";

const limits = new MemoryLimits();
limits.set("tokens", 60_000, "config");
limits.set("input", 600_000, "config");
const quotas = {
  tokens: { key: "tokens", unit: "tokens", windowMs: 60_000 },
  input: { key: "input", unit: "inputTokens", windowMs: 60_000 },
  requests: { key: "requests", unit: "requests", windowMs: 60_000 },
} as const;

const nobody = { waiting: 0, targets: 10, free: 0 };
const elsewhere = (...names: (keyof typeof quotas)[]): Candidate => ({
  cost: { requests: 1, tokens: 2_000, inputTokens: 2_000 },
  target: {
    id: "b",
    accountId: "222222222222",
    region: "us-east-1",
    endpoint: "runtime",
    modelId: "model",
    destinationRegions: undefined,
    weight: 1,
    quotas: names.map((name) => quotas[name]),
  },
});

/** The book may count on a little less than the published limit. */
function expectAbout(actualMs: number, expectedMs: number): void {
  expect(actualMs).toBeGreaterThanOrEqual(expectedMs);
  expect(actualMs).toBeLessThanOrEqual(expectedMs * 1.05);
}

describe("what a call loses by leaving its cached prompt", () => {
  it.each([
    ["the quota's time to carry it again, four calls' worth, and the model's", 1_000, elsewhere("tokens"), 4_100],
    ["less where the quota is larger", 1_000, elsewhere("input"), 500],
    ["by the slowest of several quotas", 1_000, elsewhere("input", "tokens"), 4_100],
    ["the model's time alone, where no quota counts", 1_000, elsewhere(), 100],
    ["nothing, when nothing is cached", 0, elsewhere("tokens"), 0],
  ])("is %s", (_what, prefixTokens, candidate, lossMs) => {
    expectAbout(cacheLossMs(prefixTokens, candidate, { limits, crowd: nobody }), lossMs);
  });
});

describe("what everybody loses who waits", () => {
  it.each([
    ["nothing more, while nobody waits", { waiting: 0, targets: 10, free: 0 }, 4],
    ["their share, while all is busy", { waiting: 50, targets: 10, free: 0 }, 4 + 5],
    ["half of it, while half is free", { waiting: 50, targets: 10, free: 5 }, 4 + 2.5],
    ["nothing more, when they wait although all is free", { waiting: 50, targets: 10, free: 10 }, 4],
  ])("is %s", (_what, crowd, payers) => {
    expectAbout(cacheLossMs(1_000, elsewhere("tokens"), { limits, crowd }), payers * 1_000 + 100);
  });
});

describe("a call stays at home", () => {
  const question = { homeInMs: 800, bestInMs: 0, lossMs: 1_000, heldBackMs: 0, leftMs: 10_000 };

  it.each([
    ["while waiting costs less than what it would lose", {}, true],
    ["up to the very worth of it", { homeInMs: 1_000 }, true],
    ["no longer than that", { homeInMs: 1_001 }, false],
    ["counting only what it waits longer than elsewhere", { homeInMs: 5_000, bestInMs: 4_000 }, true],
    ["but not slack elsewhere as if it were time", { homeInMs: 1_000, bestInMs: -6_000 }, true],
    ["no longer over all, however often it looks again", { heldBackMs: 300 }, false],
    ["not when home has no room before its deadline", { leftMs: 799 }, false],
    ["when home has room in its last moment", { leftMs: 800 }, true],
    ["whatever it would lose, while home has room now", { homeInMs: 0, lossMs: 0, heldBackMs: 9_000 }, true],
    ["not for nothing", { homeInMs: 1, lossMs: 0 }, false],
    ["not where it can never start", { homeInMs: Number.POSITIVE_INFINITY }, false],
  ])("%s", (_when, change, stays) => {
    expect(staysHome({ ...question, ...change })).toBe(stays);
  });
});

describe("whatever the numbers", () => {
  const ms = fc.double({ min: -60_000, max: 60_000, noNaN: true });
  const positiveMs = fc.double({ min: 0, max: 60_000, noNaN: true });
  const anyQuestion = fc.record({
    homeInMs: ms,
    bestInMs: ms,
    lossMs: positiveMs,
    heldBackMs: positiveMs,
    leftMs: positiveMs,
  });

  it("never makes a call wait for home past its deadline, or in sum longer than its cached prompt is worth", () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { homeInMs, bestInMs, lossMs, heldBackMs, leftMs } = question;
        if (homeInMs <= 0 || !staysHome(question)) return;
        expect(homeInMs).toBeLessThanOrEqual(leftMs);
        expect(heldBackMs + homeInMs).toBeLessThanOrEqual(lossMs + Math.max(0, bestInMs) + 1e-6);
      }),
    );
  });

  it("a call that moves would not move straight back: of two places, each never looks better from the other", () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        const { homeInMs, bestInMs, leftMs } = question;
        fc.pre(!staysHome(question) && bestInMs <= homeInMs && bestInMs <= leftMs);

        // What was cached at the old home is written at the new one, and time has not passed.
        expect(staysHome({ ...question, homeInMs: bestInMs, bestInMs: homeInMs, heldBackMs: 0 })).toBe(true);
      }),
    );
  });

  it("more in the cache never makes a call leave, more waiting never makes it stay", () => {
    fc.assert(
      fc.property(anyQuestion, positiveMs, (question, moreMs) => {
        const { lossMs, homeInMs, heldBackMs } = question;
        if (staysHome(question)) expect(staysHome({ ...question, lossMs: lossMs + moreMs })).toBe(true);
        else {
          expect(staysHome({ ...question, homeInMs: homeInMs + moreMs })).toBe(false);
          expect(staysHome({ ...question, heldBackMs: heldBackMs + moreMs })).toBe(false);
        }
      }),
    );
  });
});
