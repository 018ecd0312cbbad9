import type { Reservation } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { type OpenLedger, openWorld, type Tolerance } from "./ledger-world.ts";

/** The furthest ahead that a ledger books, in ms. */
const horizonMs = 2_000;

/** What every ledger promises of calls that may not start at once, whether it books any ahead or none. */
export function bookedAheadContract(name: string, open: OpenLedger, { roundingMs }: Tolerance): void {
  describe(`${name} books ahead`, () => {
    /** Asks for calls of 500 tokens, which the quota can start one every 500 ms once its burst is spent. */
    async function ask(world: Awaited<ReturnType<typeof openWorld>>, times: number): Promise<readonly Reservation[]> {
      const booked: Reservation[] = [];
      for (let time = 0; time < times; time += 1) {
        const answer = await world.ledger.reserve([world.call(500)]);
        if (answer.kind === "reserved") booked.push(answer);
      }
      return booked;
    }

    it("nothing further ahead than 2 s, and no more than the rate brings until then", async () => {
      await using world = await openWorld(open);

      const startsInMs = (await ask(world, 40)).map((one) => one.startsInMs ?? 0);

      for (const ms of startsInMs) {
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(horizonMs);
        const startedTokens = startsInMs.filter((each) => each <= ms).length * 500;
        expect(startedTokens).toBeLessThanOrEqual(6_000 + ms + roundingMs);
      }
      expect(startsInMs.filter((ms) => ms === 0)).toHaveLength(12);
    });

    it("no more in any second than the rate brings, however long it is asked, counted when calls start", async () => {
      await using world = await openWorld(open);
      const startsMs: number[] = [];

      for (let second = 0; second < 20; second += 1) {
        const nowMs = world.clock.monotonicMs();
        for (const { startsInMs = 0 } of await ask(world, 10)) startsMs.push(nowMs + startsInMs);
        await world.wait(1_000);
      }

      startsMs.sort((one, other) => one - other);
      for (const [first, fromMs] of startsMs.entries()) {
        for (const [place, untilMs] of startsMs.slice(first).entries()) {
          expect((place + 1) * 500).toBeLessThanOrEqual(6_000 + (untilMs - fromMs) + roundingMs);
        }
      }
      expect(startsMs.length * 500).toBeGreaterThan(24_000);
    });

    it("and gives all of it back when the call is never made", async () => {
      await using world = await openWorld(open);

      for (const reservation of await ask(world, 40)) reservation.release();
      await world.written();

      // What comes back while others wait ahead is counted by slots, and a slot at most of it is lost.
      expect(world.startsInMs(6_000)).toBeLessThanOrEqual(60_000 / 480);
      expect(world.learned()).toMatchObject({ booked: 0, open: 0 });
    });
  });
}
