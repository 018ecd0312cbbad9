import { describe, expect, it } from "vitest";
import { CallPace } from "./call-pace.ts";

function paceOf(callsAtMs: readonly number[], nowMs: number): number {
  const pace = new CallPace(60_000);
  for (const atMs of callsAtMs) pace.learn(atMs);
  return pace.perMinute(nowMs);
}

const every = (ms: number, count: number, fromMs = 0) => Array.from({ length: count }, (_, at) => fromMs + at * ms);

describe("the pace of calls", () => {
  it.each([
    ["nothing before the first call", [], 5_000, 0],
    ["one call a second, from half a minute", every(1_000, 30, 7_000), 37_000, 60],
    ["one call a second, over minutes", every(1_000, 500), 500_000, 60],
    ["the last minute, not those before", [...every(100, 600), ...every(1_000, 120, 60_000)], 180_000, 60],
    ["nothing after two quiet minutes", every(100, 600), 200_000, 0],
    ["no more than the first second would make", [10], 10, 60],
  ])("is %s", (_what, callsAtMs, nowMs, expected) => {
    expect(paceOf(callsAtMs, nowMs)).toBeGreaterThanOrEqual(expected * 0.95);
    expect(paceOf(callsAtMs, nowMs)).toBeLessThanOrEqual(expected * 1.05);
  });
});
