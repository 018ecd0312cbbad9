import { expect, it } from "vitest";
import { timeline } from "../../../benchmarks/failover/fault.ts";
import { faultResultOf } from "../../../benchmarks/failover/fault-result.ts";
import { RunRecord } from "../../../benchmarks/failover/record.ts";

const { diesAtMs, healsAtMs } = timeline;
const endMs = healsAtMs + 60_000;

/** A call a second to each of four accounts, but for what `isLeftAlone` says of the one that dies. */
function record(isLeftAlone: (atMs: number) => boolean): RunRecord {
  const run = new RunRecord();
  for (let atMs = 0; atMs < endMs; atMs += 100) {
    for (let account = 0; account < 4; account += 1) {
      if (account > 0 || !isLeftAlone(atMs)) run.attempt(atMs, account === 0);
    }
  }
  return run;
}

it("says when the account got its last traffic, which a single try is not, and when it has its share again", () => {
  const run = record((atMs) => atMs >= diesAtMs + 3_000 && atMs < healsAtMs + 20_000 && atMs !== diesAtMs + 60_000);

  const result = faultResultOf(run, endMs);

  expect(result.avoidedMs).toBe(2_900);
  expect(result.shareMs).toBeGreaterThan(17_000);
  expect(result.shareMs).toBeLessThanOrEqual(20_000);
});

it("says so when the account was never avoided, or never came back", () => {
  expect(
    faultResultOf(
      record(() => false),
      endMs,
    ).avoidedMs,
  ).toBe(healsAtMs - diesAtMs - 100);
  expect(
    faultResultOf(
      record((atMs) => atMs >= diesAtMs),
      endMs,
    ).shareMs,
  ).toBe(Number.POSITIVE_INFINITY);
});

it("counts a call that nobody answered as failed, one without room apart, and how much later hit ones came", () => {
  const run = record(() => false);
  const call = () => run.call(diesAtMs, 500);
  call();
  call().failure = "no room";
  const late = call();
  Object.assign(late, { isHit: true, answeredAtMs: diesAtMs + 2_500 });

  const { calls, failed, refused, hit } = faultResultOf(run, endMs);

  expect([calls, failed, refused]).toEqual([3, 1, 1]);
  expect(hit).toMatchObject({ calls: 1, longestMs: 2_000 });
});

it("counts throttles of the account's own calls in the minute after its first one", () => {
  const run = record((atMs) => atMs >= diesAtMs && atMs < healsAtMs);
  const there = run.attempts.filter(({ atMs, isThere }) => isThere && atMs >= healsAtMs);
  for (const attempt of there.slice(1, 61)) attempt.isThrottled = true;

  expect(faultResultOf(run, endMs).throttled).toBeCloseTo(0.1, 2);
});
