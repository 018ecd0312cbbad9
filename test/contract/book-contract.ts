import type { Reservation } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { expectMs, minuteTokens, type OpenLedger, openWorld, targetWith, type Tolerance } from "./ledger-world.ts";

/** What every ledger promises of bookings and their endings. */
export function bookContract(
  name: string,
  open: OpenLedger,
  { roundingMs, refusalJitterMs, refusalEarlyMs = 0 }: Tolerance,
): void {
  describe(`${name} keeps the book`, () => {
    const setUp = (limit?: number, target?: ReturnType<typeof targetWith>) => openWorld(open, limit, target);
    const near = (ms: number, expectedMs: number, withinMs = 0.5): void =>
      expectMs(ms, expectedMs, withinMs + roundingMs);

    it("books what fits and refuses what does not, saying how long until it fits", async () => {
      await using world = await setUp();
      const { ledger, call, reserve, wait } = world;
      await reserve(6_000);

      // Further ahead than anything is booked.
      const refusal = await ledger.reserve([call(4_000)]);
      await wait(refusal.kind === "refused" ? refusal.retryAfterMs : 0);
      const later = await ledger.reserve([call(4_000)]);

      expect(refusal).toMatchObject({ kind: "refused", short: { key: "a/tokens" }, isEstimated: false });
      const askedAgainMs = refusal.kind === "refused" ? refusal.retryAfterMs : 0;
      expect(askedAgainMs).toBeGreaterThan(4_000 - 0.5 - roundingMs - refusalEarlyMs);
      expect(askedAgainMs).toBeLessThan(4_000 + 0.5 + roundingMs + refusalJitterMs);
      expect(later.kind).toBe("reserved");
    });

    it("takes every call at once for a target that is charged to no quota, whatever happened there before", async () => {
      await using world = await setUp(undefined, targetWith("free", []));
      const { ledger, call, clock, reserve, startsInMs, written } = world;
      (await reserve(1e12)).throttled({ scope: "unknown" });
      await written();

      const quote = ledger.quote(call(1e12), clock.monotonicMs());
      (await reserve(1e12)).settle({});
      await written();

      expect(quote).toEqual({ startsInMs: 0, headroom: 1, isEstimated: false });
      expect(startsInMs(1e12)).toBe(0);
    });

    it("gives back the difference when a call settles for less", async () => {
      await using world = await setUp();
      const { startsInMs, reserve, written } = world;
      const reservation = await reserve(6_000);
      const before = startsInMs(3_000);

      reservation.settle({ requests: 1, tokens: 3_000 });
      await written();

      expect(before).toBeGreaterThan(2_900);
      expect(startsInMs(2_999)).toBeLessThanOrEqual(0);
    });

    it("books the shortfall when a call settles for more", async () => {
      await using world = await setUp();
      const { startsInMs, reserve, written } = world;
      const reservation = await reserve(1_000);

      reservation.settle({ requests: 1, tokens: 1_000 + 10_000 });
      await written();

      near(startsInMs(6_000), 11_000, 5);
    });

    it.each([
      ["release", (one: Reservation) => one.release()],
      ["settle for nothing", (one: Reservation) => one.settle({ requests: 0, tokens: 0 })],
    ])("gives everything back on %s", async (_, end) => {
      await using world = await setUp();
      const { startsInMs, reserve, written } = world;

      end(await reserve(6_000));
      await written();

      expect(startsInMs(6_000)).toBeLessThanOrEqual(0);
    });

    it.each([
      ["keep", (one: Reservation) => one.keep("in doubt")],
      ["a settlement that leaves the unit out", (one: Reservation) => one.settle({})],
      ["a settlement of NaN", (one: Reservation) => one.settle({ tokens: Number.NaN })],
      ["a negative settlement", (one: Reservation) => one.settle({ tokens: -1 })],
      ["an infinite settlement", (one: Reservation) => one.settle({ tokens: Number.POSITIVE_INFINITY })],
    ])("keeps the hold on %s", async (_, end) => {
      await using world = await setUp();
      const { startsInMs, reserve, written } = world;

      end(await reserve(6_000));
      await written();

      near(startsInMs(6_000), 6_000);
    });

    it("counts the first ending only", async () => {
      await using world = await setUp();
      const { startsInMs, reserve, written } = world;
      const reservation = await reserve(6_000);

      reservation.keep("in doubt");
      reservation.release();
      reservation.settle({ tokens: 0 });
      await written();

      near(startsInMs(6_000), 6_000);
    });

    it("takes the first of several candidates that fits", async () => {
      await using world = await setUp();
      const { ledger, reserve, limits, written } = world;
      const other = targetWith("b");
      limits.set("b/tokens", 60_000, "config");
      await written();
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
      await using world = await setUp(60_000, targetWith("a", [minuteTokens("a/tokens"), requests]));
      const { ledger, call, limits, clock, written } = world;
      limits.set("a/requests", 10, "config");
      await written();
      await ledger.reserve([call(10)]);
      const before = ledger.startsInMs({ ...call(5_000), cost: { tokens: 5_000 } }, clock.monotonicMs());

      const answer = await ledger.reserve([call(10)]);

      expect(answer).toMatchObject({ kind: "refused", short: { key: "a/requests" } });
      expect(ledger.startsInMs({ ...call(5_000), cost: { tokens: 5_000 } }, clock.monotonicMs())).toBe(before);
    });

    it("shares one page between targets that share a quota", async () => {
      await using world = await setUp();
      const { ledger, reserve } = world;
      await reserve(6_000);

      const answer = await ledger.reserve([
        { target: targetWith("b", [minuteTokens("a/tokens")]), cost: { tokens: 4_000 } },
      ]);

      expect(answer.kind).toBe("refused");
    });

    it("runs a call larger than the burst once the quota is idle, and makes others wait for it", async () => {
      await using world = await setUp();
      const { startsInMs, reserve, wait } = world;
      await reserve(1_000);
      const early = startsInMs(50_000);
      await wait(1_001);

      await reserve(50_000);

      near(early, 1_000);
      expect(startsInMs(1_000)).toBeGreaterThanOrEqual(45_000);
    });

    it("never starts a call on a limit of 0 or on none", async () => {
      await using world = await setUp(0);
      const { ledger, limits, startsInMs, written } = world;

      expect(startsInMs(1)).toBe(Number.POSITIVE_INFINITY);
      limits.set("a/tokens", 60_000, "config");
      await written();
      expect(startsInMs(1)).toBeLessThanOrEqual(0);
      expect(ledger.startsInMs({ target: targetWith("z"), cost: { tokens: 1 } }, 0)).toBe(Number.POSITIVE_INFINITY);
    });

    it("takes a new limit at once", async () => {
      await using world = await setUp();
      const { limits, startsInMs, reserve, written } = world;
      await reserve(6_000);

      limits.set("a/tokens", 600, "config");
      await written();

      expect(startsInMs(60)).toBeGreaterThan(5_990);
      expect(startsInMs(600)).toBeGreaterThan(5_990);
    });

    it("stays a number through a throttle, a limit of 0 and a hold of nothing", async () => {
      await using world = await setUp();
      const { limits, ledger, startsInMs, reserve, call, clock, wait } = world;
      const [nothing, held] = [await reserve(0), await reserve(1_000)];
      limits.set("a/tokens", 0, "config");
      await wait(120_000);
      nothing.settle({ tokens: 5 });
      held.throttled({ scope: "unknown" });
      limits.set("a/tokens", 60_000, "config");
      await wait(120_000);

      expect(startsInMs(1_000)).toBeLessThanOrEqual(0);
      expect(ledger.quote(call(1_000), clock.monotonicMs()).headroom).toBe(1);
    });

    it("starts a call as large as the limit in spite of fractions that came and went", async () => {
      await using world = await setUp();
      const { startsInMs, reserve, wait } = world;
      for (let call = 0; call < 50; call += 1) {
        (await reserve(100.1)).settle({ tokens: 33.3 });
        await wait(333);
      }
      await wait(61_000);
      await reserve(0.1);
      await wait(60_500);

      expect(startsInMs(60_000)).toBeLessThanOrEqual(0);
    });

    it("tells listeners when something comes back, until they stop listening", async () => {
      await using world = await setUp();
      const { ledger, reserve, written } = world;
      let told = 0;
      const listening = ledger.onGiveBack(() => (told += 1));

      (await reserve(100)).release();
      (await reserve(100)).keep("in doubt");
      await written();
      listening[Symbol.dispose]();
      (await reserve(100)).release();
      await written();

      expect(told).toBe(1);
    });
  });
}
