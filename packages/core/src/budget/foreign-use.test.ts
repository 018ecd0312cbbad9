import { describe, expect, it } from "vitest";
import { ManualClock } from "../bedrock/testing/manual-clock.test.kit.ts";
import { CappedLimits } from "./capped-limits.ts";
import type { Reservation } from "./ledger.ts";
import { MemoryLedger } from "./memory-ledger.ts";
import { MemoryLimits } from "./memory-limits.ts";
import type { Target } from "./target.ts";

const quota = { key: "q", unit: "tokens", windowMs: 60_000 } as const;
const target: Target = {
  id: "t",
  accountId: "111111111111",
  region: "us-east-1",
  endpoint: "runtime",
  modelId: "m",
  destinationRegions: ["us-east-1"],
  weight: 1,
  quotas: [quota],
};

function world(limits: MemoryLimits | CappedLimits = new MemoryLimits()) {
  const clock = new ManualClock();
  const ledger = new MemoryLedger({ limits, clock });
  limits.set("q", 1_000, "service-quotas");
  const book = async (tokens: number): Promise<Reservation | undefined> => {
    const answer = await ledger.reserve([{ target, cost: { tokens } }]);
    return answer.kind === "reserved" ? answer : undefined;
  };
  /** Tokens that calls of 10 book in a minute. */
  const bookedInAMinute = async (): Promise<number> => {
    let booked = 0;
    for (let second = 0; second < 60; second += 1) {
      for (let reservation = await book(10); reservation !== undefined; reservation = await book(10)) {
        reservation.settle({ tokens: 10 });
        booked += 10;
      }
      await clock.advance(1_000);
    }
    return booked;
  };
  const shown = () => ledger.snapshot(clock.monotonicMs())[0];
  /** AWS refuses calls until the book plans on less than so much. */
  const learnLess = async (units: number): Promise<number> => {
    for (let times = 0; (shown()?.learnedLimit ?? 0) > units && times < 200; times += 1) {
      (await book(10))?.throttled({ scope: "tokens-per-minute" });
      await clock.advance(3_000);
    }
    return shown()?.learnedLimit ?? 0;
  };
  return { clock, ledger, limits, book, bookedInAMinute, shown, learnLess };
}

describe.each([
  ["limits", () => new MemoryLimits()],
  ["limits with a cap", () => new CappedLimits()],
] as const)("%s", (_, make) => {
  it("leave what others do not use, and show what is published beside it", () => {
    const { limits } = world(make());
    const told: string[] = [];
    limits.onChange((key) => told.push(key));

    limits.setForeignUse("q", 400);

    expect(limits.get("q")).toEqual({ value: 600, published: 1_000, source: "service-quotas", foreignUse: 400 });
    expect(told).toEqual(["q"]);
  });

  it("keep what others use when the limit is set anew, and forget it when they have gone", () => {
    const { limits } = world(make());
    limits.setForeignUse("q", 400);

    limits.set("q", 2_000, "service-quotas");
    expect(limits.get("q")?.value).toBe(1_600);
    limits.setForeignUse("q", 0);

    expect(limits.get("q")).toEqual({ value: 2_000, published: 2_000, source: "service-quotas" });
  });

  it("leave a little however much others use, since only calls tell that they have gone", () => {
    const { limits } = world(make());

    limits.setForeignUse("q", 5_000);

    expect(limits.get("q")?.value).toBe(20);
  });

  it("keep an account on hold at 0, whatever others use", () => {
    const { limits } = world(make());
    limits.set("q", 0, "service-quotas");

    limits.setForeignUse("q", 5);

    expect(limits.get("q")?.value).toBe(0);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])("refuse %s as what others use", (units) => {
    const { limits } = world(make());

    expect(() => limits.setForeignUse("q", units)).toThrow(`foreign use of q must be a finite number from 0 up, got`);
    expect(limits.get("q")?.value).toBe(1_000);
  });
});

describe("the book, where others use a quota too", () => {
  it("books what they leave, and all of it once they have gone", async () => {
    const { limits, bookedInAMinute, shown } = world();
    await bookedInAMinute();

    limits.setForeignUse("q", 500);
    await bookedInAMinute();
    const beside = await bookedInAMinute();
    expect(shown()).toMatchObject({ limit: 1_000, foreignUse: 500, learnedLimit: 500 });
    limits.setForeignUse("q", 0);
    await bookedInAMinute();

    expect(beside).toBeGreaterThan(450);
    expect(beside).toBeLessThanOrEqual(550); // what is left, and a burst
    expect(await bookedInAMinute()).toBeGreaterThan(900);
    expect(shown()?.foreignUse).toBeUndefined();
  });

  it("takes what it had learned of a smaller limit for their use when that is found, not for both", async () => {
    const { limits, bookedInAMinute, shown, learnLess } = world();
    await bookedInAMinute();
    const learned = await learnLess(600);
    expect(learned).toBeLessThanOrEqual(600);

    limits.setForeignUse("q", 1_000 - learned - 20);

    expect(shown()?.learnedLimit).toBeCloseTo(learned + 20, 5);
  });

  it("keeps of what it had learned what their use does not explain", async () => {
    const { limits, bookedInAMinute, shown, learnLess } = world();
    await bookedInAMinute();
    const learned = await learnLess(600);

    limits.setForeignUse("q", 100);

    expect(shown()?.learnedLimit).toBeCloseTo(learned, 5);
  });

  it("has nothing left of what it learned beside them when they have gone", async () => {
    const { limits, bookedInAMinute, shown, learnLess } = world();
    limits.setForeignUse("q", 400);
    await bookedInAMinute();
    expect(await learnLess(500)).toBeLessThanOrEqual(500);

    limits.setForeignUse("q", 0);

    expect(shown()?.learnedLimit).toBe(1_000);
  });

  it("has less left of it as they go", async () => {
    const { limits, bookedInAMinute, shown, learnLess } = world();
    limits.setForeignUse("q", 400);
    await bookedInAMinute();
    const missing = 1 - (await learnLess(500)) / 600;

    limits.setForeignUse("q", 100);

    expect(shown()?.learnedLimit).toBeCloseTo(900 * (1 - missing / 4), 5);
  });

  it.each([
    ["soon tries all of what they leave again", [400], 600],
    ["keeps to what it learned where nobody else is known", [], undefined],
    ["keeps to what it learned after they have gone", [400, 0], undefined],
  ])("%s", async (_, others, tried) => {
    const { limits, clock, book, bookedInAMinute, shown, learnLess } = world();
    await bookedInAMinute();
    for (const units of others) limits.setForeignUse("q", units);
    await bookedInAMinute();
    const learned = await learnLess(500);

    for (let calls = 0; calls < 150; calls += 1) {
      (await book(10))?.settle({ tokens: 10 }); // 300 a minute, too little for the limit to bind
      await clock.advance(2_000);
    }

    expect(shown()?.learnedLimit).toBeCloseTo(tried ?? learned, 5);
  });

  it("counts what calls took by the minute they ended in: what was settled, and in doubt what was held", async () => {
    const { clock, ledger, book } = world();
    const first = await book(40);
    const second = await book(30);
    const third = await book(20);
    const fourth = await book(10);
    const minuteOf = (): number => Math.floor(clock.epochMs() / 60_000) * 60_000;

    first?.settle({ tokens: 25 });
    const before = minuteOf();
    await clock.advance(60_000);
    second?.keep("nobody knows");
    third?.release();
    fourth?.throttled({ scope: "tokens-per-minute" });

    expect([...ledger.settledByMinute("q")]).toEqual([
      [before, 25],
      [minuteOf(), 30],
    ]);
    expect(ledger.settledByMinute("another").size).toBe(0);
  });
});

describe("the book, when AWS publishes another limit", () => {
  /** A book that has learned that AWS keeps about a tenth of what it publishes. */
  async function taught() {
    const opened = world();
    await opened.bookedInAMinute();
    for (let times = 0; (opened.shown()?.learnedLimit ?? 0) > 120 && times < 500; times += 1) {
      (await opened.book(10))?.throttled({ scope: "tokens-per-minute" });
      await opened.clock.advance(3_000);
    }
    return opened;
  }

  it("takes what it had learned of a cut for that very cut, not for another one", async () => {
    const { limits, shown } = await taught();
    expect(shown()?.learnedLimit).toBeLessThanOrEqual(120);

    limits.set("q", 110, "service-quotas");

    expect(shown()?.learnedLimit).toBeGreaterThan(95);
    expect(shown()?.learnedLimit).toBeLessThanOrEqual(110);
  });

  it("keeps what it had learned when more is published than that", async () => {
    const { limits, shown } = await taught();
    const learned = shown()?.learnedLimit ?? 0;

    limits.set("q", 500, "service-quotas");

    expect(shown()?.learnedLimit).toBeCloseTo(learned, 5);
  });
});

describe("a ceiling below what AWS publishes", () => {
  it("is what is used at most, and no part of what others leave", () => {
    const limits = new CappedLimits();
    const { shown } = world(limits);
    limits.setCeiling("q", 400);

    limits.setForeignUse("q", 400);

    expect(limits.get("q")).toMatchObject({ value: 400, published: 1_000, most: 400, foreignUse: 400 });
    limits.setForeignUse("q", 900);
    expect(limits.get("q")?.value).toBe(100);
    limits.setForeignUse("q", 0);
    limits.setCeiling("q", undefined);
    expect(limits.get("q")).toEqual({ value: 1_000, published: 1_000, source: "service-quotas" });
    expect(shown()).toBeUndefined();
  });
});
