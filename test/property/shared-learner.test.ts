import { isDeepStrictEqual } from "node:util";
import { type Evidence, QuotaLearner, readQuotaRecord, ringSlots, WindowRing } from "@shardrock/core/book";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const windowUs = 60_000_000;
const startUs = 1_763_894_400_000_000;
const published = 1_000;

/** One thing that a process sees of a quota. Amounts are units of it; `by` picks the process, `which` an open call. */
type Step =
  | { readonly kind: "book"; readonly by: number; readonly waitUs: number; readonly seen: Seen }
  | { readonly kind: "accept" | "refuse"; readonly which: number; readonly waitUs: number }
  | { readonly kind: "publish"; readonly by: number; readonly published: number; readonly foreignUse: number };

interface Seen {
  readonly held: number;
  readonly levelUs: number;
  readonly most: number;
  readonly doubt: number;
  /** Units in slots up to the booking's, newest first. */
  readonly ring: readonly number[];
  readonly looks: boolean;
}

const by = fc.nat({ max: 7 });
const waitUs = fc.oneof(fc.integer({ min: 0, max: 400_000 }), fc.integer({ min: 0, max: 30_000_000 }));
const seen: fc.Arbitrary<Seen> = fc.record({
  held: fc.integer({ min: 1, max: 100 }),
  levelUs: fc.oneof(fc.integer({ min: 0, max: windowUs }), fc.integer({ min: 0, max: windowUs / 8 })),
  most: fc.oneof(fc.integer({ min: 0, max: 1_300 }), fc.integer({ min: 940, max: 1_060 })),
  doubt: fc.integer({ min: 0, max: 20 }),
  ring: fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 30 }),
  looks: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("book" as const), by, waitUs, seen }) },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant("accept" as const), which: fc.nat({ max: 100 }), waitUs }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("refuse" as const), which: fc.nat({ max: 100 }), waitUs }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("publish" as const),
      by,
      published: fc.constantFrom(0, 500, 1_000, 3_000),
      foreignUse: fc.constantFrom(0, 0, 200, 400),
    }),
  },
);
const steps = fc.array(step, { minLength: 20, maxLength: 150 });

/** Processes that share what they learn of one quota. `handOn` is called after each step with who took it. */
class Fleet {
  readonly learners: readonly QuotaLearner[];
  readonly #handOn: (fleet: Fleet, from: QuotaLearner) => void;
  readonly #open: { readonly by: number; readonly evidence: Evidence; readonly seen: Seen }[] = [];
  nowUs = startUs;

  constructor(size: number, handOn: (fleet: Fleet, from: QuotaLearner) => void) {
    this.learners = Array.from({ length: size }, () => new QuotaLearner(windowUs));
    this.#handOn = handOn;
    for (const learner of this.learners) {
      learner.publish({ value: published, published, source: "config" }, startUs);
      learner.read(startUs);
    }
  }

  take(one: Step): void {
    if (one.kind !== "publish") this.nowUs += one.waitUs;
    const learner = this.#play(one);
    if (learner === undefined) return;
    learner.read(this.nowUs);
    this.#handOn(this, learner);
  }

  at(by: number): QuotaLearner {
    const learner = this.learners[by % this.learners.length];
    if (learner === undefined) throw new Error("a fleet of nobody");
    return learner;
  }

  #play(one: Step): QuotaLearner | undefined {
    switch (one.kind) {
      case "book":
        return this.#book(one);
      case "publish": {
        const limit = { value: one.published, published: one.published, source: "config" } as const;
        this.at(one.by).publish({ ...limit, foreignUse: Math.min(one.foreignUse, one.published) }, this.nowUs);
        return this.at(one.by);
      }
      default:
        return this.#end(one);
    }
  }

  #book({ by, seen }: Extract<Step, { kind: "book" }>): QuotaLearner {
    const learner = this.at(by);
    learner.read(this.nowUs);
    const place = { atUs: this.nowUs, slot: slotAt(this.nowUs) };
    const overAge = seen.looks ? learner.surelyOver(ringOf(seen, place.slot), place, seen.doubt) : undefined;
    const evidence = learner.evidence({ ...seen, ...place, least: Math.max(0, seen.most - 10), overAge });
    learner.booked(evidence, this.nowUs);
    this.#open.push({ by, evidence, seen });
    return learner;
  }

  #end({ kind, which }: Extract<Step, { kind: "accept" | "refuse" }>): QuotaLearner | undefined {
    const [call] = this.#open.splice(which % Math.max(1, this.#open.length), 1);
    if (call === undefined) return undefined;
    const learner = this.at(call.by);
    learner.read(this.nowUs);
    const { evidence, seen } = call;
    if (kind === "accept") learner.accepted(evidence, this.nowUs);
    else learner.refused(evidence, { ring: ringOf(seen, evidence.slot), held: seen.held }, this.nowUs);
    return learner;
  }
}

function slotAt(atUs: number): number {
  return Math.floor(atUs / (windowUs / ringSlots));
}

function ringOf({ ring }: Seen, slot: number): WindowRing {
  return WindowRing.of(windowUs, ringSlots, new Map(ring.map((units, age) => [slot - age * 7, units])));
}

/** All others go on from what one of them knows, by way of JSON. */
function handOnAll({ learners, nowUs }: Fleet, from: QuotaLearner): void {
  const read = readQuotaRecord(JSON.stringify(from.toRecord()), { windowUs, nowUs });
  if (read.kind === "unreadable") throw new Error(read.reason);
  for (const learner of learners) {
    if (learner === from) continue;
    learner.adopt(read.record);
    learner.read(nowUs);
  }
}

function gateOf({ gate, limit, usable, mayHold, priceUs, burstUs, pausedUntilUs, enforcement }: QuotaLearner) {
  return { gate, limit, usable, mayHold, priceUs, burstUs, pausedUntilUs, enforcement };
}

describe("processes that share what they learn of a quota", () => {
  it("have the gates of one that saw all of it, whoever saw what", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), steps, (size, all) => {
        const one = new Fleet(1, () => undefined);
        const many = new Fleet(size, handOnAll);
        for (const each of all) {
          one.take(each);
          many.take(each);
          one.at(0).read(one.nowUs);
          for (const learner of many.learners) {
            learner.read(many.nowUs);
            expectSame(gateOf(learner), gateOf(one.at(0)));
            expectSame(learner.toRecord(), one.at(0).toRecord());
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it("need not hand on what has the same revision", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const fleet = new Fleet(1, () => undefined);
        let before = shared(fleet.at(0));
        for (const each of all) {
          fleet.take(each);
          const after = shared(fleet.at(0));
          if (after.revision === before.revision) expectSame(after, before);
          before = after;
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** As `toEqual`, whose own look takes ten times as long. */
function expectSame(one: unknown, other: unknown): void {
  if (!isDeepStrictEqual(one, other)) expect(one).toEqual(other);
}

/** What a revision stands for. */
function shared(learner: QuotaLearner) {
  const { demand, ...learned } = learner.toRecord().learned;
  return { revision: learner.revision, limit: learner.toRecord().limit, learned, bound: demand.boundSinceUs };
}

describe("processes that ask for more together", () => {
  /** Calls that fill the limit and reach the burst, one every 20 ms, by one process after the other. */
  function burstAfter(minutes: number, size: number): number {
    const handedOn = new Map<QuotaLearner, number>();
    const fleet = new Fleet(size, (all, from) => {
      if (from.revision !== (handedOn.get(from) ?? 0)) handOnAll(all, from);
      handedOn.set(from, from.revision);
    });
    for (let call = 0; call < minutes * 3_000; call += 1) {
      const levelUs = fleet.at(call).burstUs;
      const most = { held: 10, levelUs, most: published, doubt: 0, ring: [], looks: false };
      fleet.take({ kind: "book", by: call, waitUs: 20_000, seen: most });
    }
    return fleet.at(0).gate.burst;
  }

  it.each([2, 3, 10, 50])("grow no faster than one would: %d of them", (size) => {
    const grown = burstAfter(1, size);

    expect(grown).toBeGreaterThan(0.5);
    // A time that was looked at and brought nothing is not handed on: one step may be larger for it.
    expect(grown).toBeLessThanOrEqual(burstAfter(1, 1) + (2 * 0.9) / 240);
  });
});
