import { type Ledger, type Reservation, seededRandom } from "@shardrock/core";
import { failover } from "@shardrock/failover";
import { VirtualClock } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";
import { accountTarget, outcome, routedWorld } from "./routed-world.ts";

const [a, b] = [accountTarget("a"), accountTarget("b")];

/** A router over a book that books its first `count` calls ahead by `aheadMs`. */
function world({ count, aheadMs }: { readonly count: number; readonly aheadMs: number }) {
  const clock = new VirtualClock();
  const parts = { clock, random: seededRandom(1) };
  const hedging = failover({ hedging: { afterMs: 500, share: 1 } });
  const memory = routedWorld([a, b], parts);
  const released: string[] = [];
  let left = count;
  const ahead = (reservation: Reservation): Reservation => ({
    kind: "reserved",
    target: reservation.target,
    startsInMs: aheadMs,
    settle: (actual) => reservation.settle(actual),
    release: () => {
      released.push(reservation.target.id);
      reservation.release();
    },
    keep: (reason) => reservation.keep(reason),
    throttled: (evidence) => reservation.throttled(evidence),
  });
  const { ledger } = memory;
  const stale: Ledger = {
    startsInMs: ledger.startsInMs.bind(ledger),
    quote: ledger.quote.bind(ledger),
    snapshot: ledger.snapshot.bind(ledger),
    settledByMinute: ledger.settledByMinute.bind(ledger),
    onGiveBack: ledger.onGiveBack.bind(ledger),
    reserve: async (candidates) => {
      const answer = await ledger.reserve(candidates);
      left -= 1;
      return answer.kind === "reserved" && left >= 0 ? ahead(answer) : answer;
    },
  };
  const open = (isHedged: boolean) =>
    routedWorld([a, b], {
      ...parts,
      ledger: stale,
      limits: memory.limits,
      ...(isHedged && { policy: hedging.policy(parts), health: hedging.health(parts) }),
    });
  return { clock, released, open, hold: (calls: number) => void (left = calls) };
}

describe("a call that the book has booked ahead", () => {
  it("is sent when its time has come, and says that it waited", async () => {
    const { clock, open } = world({ count: 1, aheadMs: 1_500 });
    const { router, request, events } = open(false);
    const sentAtMs: number[] = [];

    const call = router.run(request(100), async (_target, attempt) => {
      sentAtMs.push(clock.monotonicMs());
      attempt.settle({ requests: 1, tokens: 100 });
    });
    await clock.advance(1_000);
    expect(router.snapshot()).toMatchObject({ inFlight: 1, queue: [{ calls: 1, tokens: 100, oldestMs: 1_000 }] });
    await clock.advance(1_000);
    await call;

    expect(sentAtMs).toEqual([1_500]);
    expect(events).toMatchObject([
      { kind: "attempt-end", waitedMs: 1_500 },
      { kind: "call-end", outcome: "ok", waitedMs: 1_500 },
    ]);
    expect(router.load).toEqual({ queued: 0, inFlight: 0 });
  });

  it("goes elsewhere when its account is drained before it was sent", async () => {
    const { clock, released, open } = world({ count: 1, aheadMs: 1_500 });
    const { router, request } = open(false);
    const call = router.run(request(100), async ({ id }, attempt) => {
      attempt.settle({ requests: 1, tokens: 100 });
      return id;
    });
    await clock.advance(500);
    const { quotas } = router.snapshot();
    const first = [a, b].find(({ id }) => quotas.find(({ key }) => key.startsWith(id))?.booked);

    router.operations.drain(first?.accountId ?? "", undefined);
    await clock.advance(1);

    expect(await call).toBe([a, b].find(({ id }) => id !== first?.id)?.id);
    expect(released).toEqual([first?.id]);
  });

  it("is not what a hedge is for: it goes now or not at all", async () => {
    const { clock, released, open, hold } = world({ count: 0, aheadMs: 300 });
    const { router, request } = open(true);
    const sent: string[] = [];
    const call = outcome(
      router.run(request(100), async ({ id }, attempt) => {
        sent.push(id);
        await clock.sleep(2_000, attempt.signal);
        attempt.settle({ requests: 1, tokens: 100 });
        return id;
      }),
    );
    await clock.advance(1);
    hold(1);
    await clock.advance(5_000);

    expect(await call).toEqual({ value: sent[0] });
    expect([sent.length, released.length, router.load.inFlight]).toEqual([1, 1, 0]);
  });
});
