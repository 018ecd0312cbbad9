import {
  type Attempt,
  type AttemptEnd,
  type AttemptNumber,
  type FailedAttempt,
  type FailoverPolicy,
  type Health,
  NotSentError,
  type Target,
} from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { accountTarget, outcome, routedWorld } from "./routed-world.ts";

const [a, b] = [accountTarget("a"), accountTarget("b")];

/** A router whose health and policy are told what to say; attempts hang until they are broken off, or are answered by hand. */
function world({
  hedgeAfterMs,
  health = {},
}: { hedgeAfterMs?: number; health?: Pick<Partial<Health>, "starts" | "observe"> } = {}) {
  const hung: { tell: (isHung: (attempt: AttemptNumber) => boolean) => void } = { tell: () => undefined };
  const asked: FailedAttempt[] = [];
  let taken = 0;
  const hedge = { leastHeadroom: 0, suits: (target: Target) => target === b, take: () => (taken += 1) > 0 };
  const policy: FailoverPolicy = {
    next: ({ target, attempts }) => (attempts > 2 ? { kind: "stop" } : { kind: "retry", exclude: [target] }),
    breaksOff: (attempt) => asked.push(attempt) > 0,
    ...(hedgeAfterMs !== undefined && { hedge: () => ({ ...hedge, afterMs: hedgeAfterMs }) }),
  };
  const routed = routedWorld([a, b], {
    policy,
    health: {
      blocked: (target) => (target === b && routed.started.length === 0 ? later : undefined),
      observe: () => undefined,
      onHang: (listener) => {
        hung.tell = listener;
        return { [Symbol.dispose]: () => undefined };
      },
      ...health,
    },
    bounds: { maxInFlight: 2, maxQueued: 10, maxQueuedBytes: 1_000 },
  });
  const attempt: Attempt<string> = ({ id }, call) => {
    routed.started.push(id);
    return new Promise((resolve, reject) => {
      call.onStop?.(reject);
      routed.clock.timer(20_000, () => {
        call.settle({ requests: 1, tokens: 1 });
        resolve(id);
      });
    });
  };
  const run = (how: Attempt<string> = attempt) => outcome(routed.router.run(routed.request(100), how));
  const ends = () => routed.events.filter((event): event is AttemptEnd => event.kind === "attempt-end");
  return { ...routed, hung, asked, run, ends, taken: () => taken };
}

/** Until a first attempt has begun nothing goes to `b`. */
const later = { untilMs: 60_000, scope: "b", reason: "later" };

describe("an attempt that hangs", () => {
  it("is asked about and broken off once, however often it is named", async () => {
    const { run, clock, hung, asked, started, router } = world();
    const call = run();
    await clock.advance(1_000);
    hung.tell(() => true);
    hung.tell(() => true);
    await clock.advance(0);
    expect(asked.map(({ target }) => target)).toEqual([a]);
    await clock.advance(30_000);

    expect(await call).toEqual({ value: b.id });
    expect(started).toEqual([a.id, b.id]);
    expect(router.load.inFlight).toBe(0);
  });

  it("is left alone when its router is closed: it may still be served", async () => {
    const { run, clock, hung, asked, router } = world();
    const call = run();
    await clock.advance(1_000);
    router.close();
    hung.tell(() => true);
    await clock.advance(30_000);

    expect(asked).toEqual([]);
    expect(await call).toEqual({ value: a.id });
  });

  it("says nothing of its call where nothing was sent yet, and gives its booking back", async () => {
    const told = { isDue: true };
    const { run, clock, hung, ends, started } = world({
      health: {
        starts: () => {
          if (!told.isDue) return;
          told.isDue = false;
          hung.tell(() => true);
        },
      },
    });
    const call = run(({ id }, running) => {
      started.push(id);
      return new Promise((resolve, reject) => {
        running.onStop?.((reason) => reject(new NotSentError(reason)));
        clock.timer(500, () => resolve(id));
      });
    });
    await clock.advance(5_000);

    expect(await call).toEqual({ value: b.id });
    expect(ends()[0]).toMatchObject({ targetId: a.id, verdict: { kind: "unreachable" }, booking: "released" });
  });

  it("is asked about knowing that the one beside it has just been broken off", async () => {
    const { run, clock, hung, asked, started } = world({ hedgeAfterMs: 500 });
    const call = run();
    await clock.advance(1_000);
    expect(started).toEqual([a.id, b.id]);
    hung.tell(() => true);
    await clock.advance(30_000);
    await call;

    expect(asked.map(({ tried }) => tried.map(({ verdict }) => verdict.kind))).toEqual([
      ["ambiguous"],
      ["ambiguous", "ambiguous"],
    ]);
  });
});

describe("a hedged call", () => {
  it("takes nothing out of a budget when there is no room for a second attempt", async () => {
    const { run, clock, started, taken } = world({ hedgeAfterMs: 5_000 });
    const calls = [run(), run(), run()];
    await clock.advance(10_000);

    expect([started.length, taken()]).toEqual([2, 0]);
    await clock.advance(60_000);
    await Promise.all(calls);
  });

  it("fails, and does not hang, when what it reports to throws", async () => {
    const { run, clock } = world({
      hedgeAfterMs: 50_000,
      health: {
        observe: () => {
          throw new Error("broken health");
        },
      },
    });
    const call = run(() => Promise.reject(new Error("m")));
    await clock.advance(1_000);

    expect(await call).toMatchObject({ error: { message: "broken health" } });
  });
});
