import { describe, expect, it } from "vitest";
import type { SimulationReport } from "../simulation/simulation-report.ts";
import { meetsSlo, parseSlo, saySlo, waitOfOffered } from "./slo.ts";

/** 100 calls, of which so many were served; of those 9 in 10 did not wait, and the others waited 5 s. */
function run(served: number, refused = 100 - served): SimulationReport {
  const waitCurve = [
    { share: 0, ms: 0 },
    { share: 0.9, ms: 0 },
    { share: 0.95, ms: 5_000 },
    { share: 1, ms: 5_000 },
  ];
  return { offered: 100, served, refused, waitCurve } as unknown as SimulationReport;
}

describe("an SLO", () => {
  it.each([
    ["p99 wait < 2s", "p99 wait < 2s"],
    ["P99.9 wait <= 500ms AND served >= 99.9%", "p99.9 wait <= 500ms and served >= 99.9%"],
    ["median wait<1m, refused < 0.1 %", "p50 wait < 60s and refused < 0.1%"],
    ["longest wait < 30s and served > 0.999", "longest wait < 30s and served > 99.9%"],
  ])("is read as it is meant: %s", (text, says) => {
    expect(saySlo(parseSlo(text))).toBe(says);
    expect(parseSlo(says)).toEqual(parseSlo(text));
  });

  it.each([
    ["", /a comparison is missing, such as "p99 wait < 2s"/],
    ["fast please", /"fast please" is not understood: a comparison is missing/],
    ["p99 wait > 2s", /a wait must be "<" or "<=" something/],
    ["p99 wait = 2s", /a wait must be "<" or "<=" something/],
    ["p99 wait < 2", /a wait is compared with a time such as 500ms, 2s or 1m/],
    ["p99 wait <", /a wait is compared with a time/],
    ["p0 wait < 2s", /a percentile lies above p0/],
    ["p99 latency < 2s", /it must speak of "p99 wait"/],
    ["served < 99%", /the share served must be ">" or ">=" something/],
    ["refused > 1%", /the share refused must be "<" or "<=" something/],
    ["served >= 101%", /a share is a number such as 99.9%/],
    ["served >= 99.9% and p99 wait", /"p99 wait" is not understood: a comparison is missing/],
  ])("that cannot be read is answered with what can: %s", (text, says) => {
    expect(() => parseSlo(text)).toThrow(says);
  });

  it("takes a call that was not served for one that waits for ever", () => {
    expect(waitOfOffered(run(100), 0.9)).toBe(0);
    expect(waitOfOffered(run(80), 0.72)).toBe(0);
    expect(waitOfOffered(run(80), 0.75)).toBe(5_000);
    expect(waitOfOffered(run(80), 0.81)).toBe(Number.POSITIVE_INFINITY);
    expect(waitOfOffered(run(0), 0.5)).toBe(Number.POSITIVE_INFINITY);
  });

  it("is met when all of its goals are", () => {
    expect(meetsSlo(parseSlo("p90 wait < 1s and served >= 100%"), run(100))).toBe(true);
    expect(meetsSlo(parseSlo("p95 wait < 5s"), run(100))).toBe(false);
    expect(meetsSlo(parseSlo("p95 wait <= 5s"), run(100))).toBe(true);
    expect(meetsSlo(parseSlo("p50 wait < 1s and served >= 95%"), run(90))).toBe(false);
    expect(meetsSlo(parseSlo("refused <= 10%"), run(90))).toBe(true);
    expect(meetsSlo(parseSlo("refused < 10%"), run(90))).toBe(false);
  });
});
