import type { Reservation } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { minuteTokens, type OpenLedger, openWorld, targetWith } from "./ledger-world.ts";

/** What every ledger promises. */
export function ledgerContract(name: string, open: OpenLedger): void {
  describe(`${name} keeps the book`, () => {
    const setUp = (limit?: number, target?: ReturnType<typeof targetWith>) => openWorld(open, limit, target);

    it("books what fits and refuses what does not, saying how long until it fits", async () => {
      const { ledger, call, reserve, clock } = setUp();
      await reserve(6_000);

      const refusal = await ledger.reserve([call(1_000)]);
      await clock.advance(refusal.kind === "refused" ? refusal.retryAfterMs : 0);
      const later = await ledger.reserve([call(1_000)]);

      expect(refusal).toMatchObject({ kind: "refused", short: { key: "a/tokens" }, isEstimated: false });
      expect(refusal.kind === "refused" && refusal.retryAfterMs).toBeCloseTo(1_000, 0);
      expect(later.kind).toBe("reserved");
    });

    it("takes every call at once for a target that is charged to no quota, whatever happened there before", async () => {
      const free = setUp(undefined, targetWith("free", []));
      const { ledger, call, clock, reserve } = free;
      (await reserve(1e12)).throttled({ scope: "unknown" });

      const quote = ledger.quote(call(1e12), clock.monotonicMs());
      (await reserve(1e12)).settle({});

      expect(quote).toEqual({ startsInMs: 0, headroom: 1, isEstimated: false });
      expect(free.startsInMs(1e12)).toBe(0);
    });

    it("gives back the difference when a call settles for less", async () => {
      const { startsInMs, reserve } = setUp();
      const reservation = await reserve(6_000);
      const before = startsInMs(3_000);

      reservation.settle({ requests: 1, tokens: 3_000 });

      expect(before).toBeGreaterThan(2_900);
      expect(startsInMs(2_999)).toBeLessThanOrEqual(0);
    });

    it("books the shortfall when a call settles for more", async () => {
      const { startsInMs, reserve } = setUp();
      const reservation = await reserve(1_000);

      reservation.settle({ requests: 1, tokens: 1_000 + 10_000 });

      expect(startsInMs(6_000)).toBeCloseTo(11_000, -1);
    });

    it.each([
      ["release", (one: Reservation) => one.release()],
      ["settle for nothing", (one: Reservation) => one.settle({ requests: 0, tokens: 0 })],
    ])("gives everything back on %s", async (_, end) => {
      const { startsInMs, reserve } = setUp();

      end(await reserve(6_000));

      expect(startsInMs(6_000)).toBeLessThanOrEqual(0);
    });

    it.each([
      ["keep", (one: Reservation) => one.keep("in doubt")],
      ["a settlement that leaves the unit out", (one: Reservation) => one.settle({})],
      ["a settlement of NaN", (one: Reservation) => one.settle({ tokens: Number.NaN })],
      ["a negative settlement", (one: Reservation) => one.settle({ tokens: -1 })],
      ["an infinite settlement", (one: Reservation) => one.settle({ tokens: Number.POSITIVE_INFINITY })],
    ])("keeps the hold on %s", async (_, end) => {
      const { startsInMs, reserve } = setUp();

      end(await reserve(6_000));

      expect(startsInMs(6_000)).toBeCloseTo(6_000, 0);
    });

    it("counts the first ending only", async () => {
      const { startsInMs, reserve } = setUp();
      const reservation = await reserve(6_000);

      reservation.keep("in doubt");
      reservation.release();
      reservation.settle({ tokens: 0 });

      expect(startsInMs(6_000)).toBeCloseTo(6_000, 0);
    });

    it("takes the first of several candidates that fits", async () => {
      const { ledger, reserve, limits } = setUp();
      const other = targetWith("b");
      limits.set("b/tokens", 60_000, "config");
      await reserve(6_000);
      const cost = { requests: 1, tokens: 1_000 };

      const answer = await ledger.reserve([
        { target: targetWith("a"), cost },
        { target: other, cost },
      ]);

      expect(answer).toMatchObject({ kind: "reserved", target: { id: "b" } });
    });

    it("books a call on all its quotas or on none", async () => {
      const requests = { key: "a/requests", unit: "requests", windowMs: 60_000 } as const;
      const { ledger, call, limits, clock } = setUp(60_000, targetWith("a", [minuteTokens("a/tokens"), requests]));
      limits.set("a/requests", 10, "config");
      await ledger.reserve([call(10)]);
      const before = ledger.startsInMs({ ...call(5_000), cost: { tokens: 5_000 } }, clock.monotonicMs());

      const answer = await ledger.reserve([call(10)]);

      expect(answer).toMatchObject({ kind: "refused", short: { key: "a/requests" } });
      expect(ledger.startsInMs({ ...call(5_000), cost: { tokens: 5_000 } }, clock.monotonicMs())).toBe(before);
    });

    it("shares one page between targets that share a quota", async () => {
      const { ledger, reserve } = setUp();
      await reserve(6_000);

      const answer = await ledger.reserve([
        { target: targetWith("b", [minuteTokens("a/tokens")]), cost: { tokens: 1_000 } },
      ]);

      expect(answer.kind).toBe("refused");
    });

    it("runs a call larger than the burst once the quota is idle, and makes others wait for it", async () => {
      const { startsInMs, reserve, clock } = setUp();
      await reserve(1_000);
      const early = startsInMs(50_000);
      await clock.advance(1_001);

      await reserve(50_000);

      expect(early).toBeCloseTo(1_000, 0);
      expect(startsInMs(1_000)).toBeGreaterThanOrEqual(45_000);
    });

    it("never starts a call on a limit of 0 or on none", async () => {
      const { ledger, limits, startsInMs } = setUp(0);

      expect(startsInMs(1)).toBe(Number.POSITIVE_INFINITY);
      limits.set("a/tokens", 60_000, "config");
      expect(startsInMs(1)).toBeLessThanOrEqual(0);
      expect(ledger.startsInMs({ target: targetWith("z"), cost: { tokens: 1 } }, 0)).toBe(Number.POSITIVE_INFINITY);
    });

    it("takes a new limit at once", async () => {
      const { limits, startsInMs, reserve } = setUp();
      await reserve(6_000);

      limits.set("a/tokens", 600, "config");

      expect(startsInMs(60)).toBeGreaterThan(5_990);
      expect(startsInMs(600)).toBeGreaterThan(5_990);
    });

    it("takes one refusal nothing explains for a stray, and believes less at the second", async () => {
      const { learned, reserve, clock } = setUp();
      (await reserve(1_000)).throttled({ scope: "tokens-per-minute" });
      const afterOne = learned();
      await clock.advance(20_000);
      (await reserve(1_000)).throttled({ scope: "tokens-per-minute" });

      expect(afterOne).toMatchObject({ learnedLimit: 60_000, burst: 6_000 });
      expect(learned()).toMatchObject({ limit: 60_000, learnedLimit: 41_916, burst: 4_191.6 });
    });

    it.each(["requests-per-minute", "tokens-per-minute", "unknown"] as const)(
      "retreats on a refusal that speaks of %s, even where no page is meant",
      async (scope) => {
        const { startsInMs, reserve } = setUp();

        (await reserve(1_000)).throttled({ scope });

        expect(startsInMs(1_000)).toBeCloseTo(500, 0);
      },
    );

    it("stays a number through a throttle, a limit of 0 and a hold of nothing", async () => {
      const { limits, ledger, startsInMs, reserve, call, clock } = setUp();
      const [nothing, held] = [await reserve(0), await reserve(1_000)];
      limits.set("a/tokens", 0, "config");
      await clock.advance(120_000);
      nothing.settle({ tokens: 5 });
      held.throttled({ scope: "unknown" });
      limits.set("a/tokens", 60_000, "config");
      await clock.advance(120_000);

      expect(startsInMs(1_000)).toBeLessThanOrEqual(0);
      expect(ledger.quote(call(1_000), clock.monotonicMs()).headroom).toBe(1);
    });

    it("starts nothing for a while after a throttle, longer with each in a row, until a call works", async () => {
      const { startsInMs, reserve, clock } = setUp();
      const pausesMs: number[] = [];
      const throttle = async (): Promise<void> => {
        (await reserve(1)).throttled({ scope: "unknown" });
        pausesMs.push(Math.round(startsInMs(1)));
        await clock.advance(20_000);
      };
      await throttle();
      await throttle();
      await throttle();
      (await reserve(1)).settle({ tokens: 1 });
      await throttle();

      expect(pausesMs).toEqual([500, 1_000, 2_000, 500]);
    });

    it("pauses once for calls that were refused together", async () => {
      const { startsInMs, reserve, clock } = setUp();
      const together = [await reserve(1), await reserve(1), await reserve(1)];
      for (const reservation of together) reservation.throttled({ scope: "unknown" });
      await clock.advance(20_000);
      (await reserve(1)).throttled({ scope: "unknown" });

      expect(startsInMs(1)).toBeCloseTo(1_000, 0);
    });

    it("forgets a retreat in time, and believes no more than it started with", async () => {
      const { learned, reserve, clock } = setUp();
      await throttleTwice({ reserve, clock });
      await clock.advance(3_000_000);
      await reserve(1);
      const soon = learned();
      await clock.advance(600_000);
      await reserve(1);

      expect(soon.learnedLimit).toBe(41_916);
      expect(learned().learnedLimit).toBe(60_000);
    });

    it("remembers a retreat when its limit is set anew", async () => {
      const { limits, learned, reserve, clock } = setUp();
      await throttleTwice({ reserve, clock });

      limits.set("a/tokens", 120_000, "config");

      expect(learned().learnedLimit).toBe(83_832);
    });

    it("starts a call as large as the limit in spite of fractions that came and went", async () => {
      const { startsInMs, reserve, clock } = setUp();
      for (let call = 0; call < 50; call += 1) {
        (await reserve(100.1)).settle({ tokens: 33.3 });
        await clock.advance(333);
      }
      await clock.advance(61_000);
      await reserve(0.1);
      await clock.advance(60_500);

      expect(startsInMs(60_000)).toBeLessThanOrEqual(0);
    });

    it("tells listeners when something comes back, until they stop listening", async () => {
      const { ledger, reserve } = setUp();
      let told = 0;
      const listening = ledger.onGiveBack(() => (told += 1));

      (await reserve(100)).release();
      (await reserve(100)).keep("in doubt");
      listening[Symbol.dispose]();
      (await reserve(100)).release();

      expect(told).toBe(1);
    });
  });
}

/** Two refusals that nothing but a smaller limit explains. */
async function throttleTwice({ reserve, clock }: Pick<ReturnType<typeof openWorld>, "reserve" | "clock">) {
  for (let refusal = 0; refusal < 2; refusal += 1) {
    (await reserve(1_000)).throttled({ scope: "unknown" });
    await clock.advance(20_000);
  }
}
