import { MemoryLedger } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { type FaultKind, faultKinds } from "./fault-kinds.ts";
import { planOf } from "./plan.ts";
import { play } from "./play.ts";
import { failureIn, failureOf } from "./seeds.ts";
import { openWorld } from "../contract/ledger-world.ts";
import { coreSubject } from "./subject.ts";

/** In parts, so that a slow machine shows how far it came. */
const parts = Array.from({ length: 10 }, (_, part) => part * 50 + 1);

/** Seeds that failed once, and what they found. */
const keptSeeds: readonly (readonly [seed: number, found: string])[] = [
  [131, "usage that is the text of a number was settled as that number"],
  [568, "the same, of a call that took most of its quota"],
];

describe("calls under seeded faults", () => {
  const met = new Set<FaultKind>();
  let [sent, served] = [0, 0];

  it.each(parts)("keep every invariant, 50 seeds from %d on", async (from) => {
    for (let seed = from; seed < from + 50; seed += 1) {
      const trace = await play(planOf(seed), coreSubject);
      expect(failureIn(trace, coreSubject)).toBeUndefined();
      const tried = trace.calls.filter(({ attempts }) => attempts.length > 0);
      sent += tried.length;
      served += tried.filter(({ end }) => end?.isOk === true).length;
      for (const { fault } of tried.flatMap(({ attempts }) => attempts)) if (fault !== undefined) met.add(fault);
    }
  });

  it("have met every kind of fault by then, and most were served all the same", () => {
    expect(faultKinds.filter((kind) => !met.has(kind))).toEqual([]);
    expect(served / sent).toBeGreaterThan(0.7);
  });

  it.each(keptSeeds)("keep every invariant with seed %d (%s)", async (seed) => {
    expect(await failureOf(seed, coreSubject)).toBeUndefined();
  });

  it("take the same steps from the same seed", async () => {
    const [once, again] = [await play(planOf(7), coreSubject), await play(planOf(7), coreSubject)];

    expect(JSON.stringify(again.events)).toBe(JSON.stringify(once.events));
  });
});

it("a count that is a text keeps its hold, as one that is no number does", async () => {
  const { ledger, clock, call, reserve } = openWorld((options) => new MemoryLedger(options));
  const reservation = await reserve(6_000);

  reservation.settle({ requests: 1, tokens: "12" as unknown as number });

  expect(ledger.startsInMs(call(6_000), clock.monotonicMs())).toBe(6_000);
});
