import { MemoryLedger } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { type FaultKind, faultKinds } from "./fault-kinds.ts";
import { planOf } from "./plan.ts";
import { play } from "./play.ts";
import { wasBrokenOff, wasOutrun } from "./retries.ts";
import { failureIn, failureOf } from "./seeds.ts";
import { openWorld } from "../contract/ledger-world.ts";
import { coreSubject, failoverSubject, hedgingSubject, type Subject, subjectOf, thriftySubject } from "./subject.ts";

/** In parts, so that a slow machine shows how far it came. */
const parts = Array.from({ length: 10 }, (_, part) => part * 50 + 1);

/** Seeds that failed once, and what they found. */
const keptSeeds: readonly (readonly [seed: number, found: string, subject: Subject])[] = [
  [131, "usage that is the text of a number was settled as that number", coreSubject],
  [568, "the same, of a call that took most of its quota", coreSubject],
  [82, "a call that waits while an account is taken out of the config comes back to it", failoverSubject],
  [2_572, "a call whose session was refused need not come back to another Region of the account", failoverSubject],
  [8_220, "a limit that is raised from 0 is for calls that come later", coreSubject],
  [16_174, "a call whose place in a recovery comes after its deadline has nowhere left to go", failoverSubject],
  [2_894, "what was broken off before it was sent may come back to the account, once", hedgingSubject],
  [3_287, "the same, and its account failed when it came back", thriftySubject],
  [3_763, "the same, where a Region was being tried again", thriftySubject],
  [2_040, "of two calls alike the earlier one may lose its turn where another one tries a target", hedgingSubject],
  [1_112, "of two calls alike a scope that recovers may let in the later one first", hedgingSubject],
];

describe("calls under seeded faults", () => {
  const met = new Set<FaultKind>();
  let [sent, served, hedged, brokenOff, givenBack] = [0, 0, 0, 0, 0];

  it.each(parts)("keep every invariant, 50 seeds from %d on", async (from) => {
    for (let seed = from; seed < from + 50; seed += 1) {
      const subject = subjectOf(seed);
      const trace = await play(planOf(seed), subject);
      expect(failureIn(trace, subject)).toBeUndefined();
      const tried = trace.calls.filter(({ attempts }) => attempts.length > 0);
      sent += tried.length;
      served += tried.filter(({ end }) => end?.isOk === true).length;
      const attempts = tried.flatMap((call) => call.attempts);
      hedged += attempts.filter(wasOutrun).length;
      brokenOff += attempts.filter(wasBrokenOff).length;
      givenBack += trace.bookings.length - attempts.length;
      for (const { fault } of attempts) if (fault !== undefined) met.add(fault);
    }
  });

  it("have met every kind of fault by then, and most were served all the same", () => {
    expect(faultKinds.filter((kind) => !met.has(kind))).toEqual([]);
    expect(served / sent).toBeGreaterThan(0.7);
    expect(hedged, "attempts that another one outran").toBeGreaterThan(100);
    expect(brokenOff, "attempts that were broken off because they hung; promises show more").toBeGreaterThan(5);
    expect(givenBack, "bookings that were given back before anything was sent").toBeGreaterThan(100);
  });

  it.each(keptSeeds)("keep every invariant with seed %d (%s)", async (seed, _found, subject) => {
    expect(await failureOf(seed, subject)).toBeUndefined();
  });

  it("take the same steps from the same seed", async () => {
    const [once, again] = [await play(planOf(7), hedgingSubject), await play(planOf(7), hedgingSubject)];

    expect(JSON.stringify(again.events)).toBe(JSON.stringify(once.events));
  });
});

it("a count that is a text keeps its hold, as one that is no number does", async () => {
  await using world = await openWorld((options) => ({ ledger: new MemoryLedger(options) }));
  const { ledger, clock, call, reserve } = world;
  const reservation = await reserve(6_000);

  reservation.settle({ requests: 1, tokens: "12" as unknown as number });

  expect(ledger.startsInMs(call(6_000), clock.monotonicMs())).toBe(6_000);
});
