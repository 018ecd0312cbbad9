import type { Attempt, CallRequest } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { accountTarget, outcome, routedWorld } from "./routed-world.ts";

const burst = 5_820;
const bounds = { maxInFlight: 10_000, maxQueued: 100_000, maxQueuedBytes: 1e9 };

describe("a waiting call's claim", () => {
  it("lets others start on targets it does not wait for", async () => {
    const targets = [accountTarget("a"), accountTarget("b")];
    const { router, request, clock } = routedWorld(targets, { bounds });
    const starts: string[] = [];
    const run = (name: string, tokens: number) =>
      void outcome(
        router.run(request(tokens), async (target, attempt) => {
          starts.push(`${name} on ${target.id}`);
          await clock.sleep(1_000);
          attempt.settle(undefined);
        }),
      );
    run("first", burst - 1_000);
    run("second", burst - 2_000);
    run("large", burst);
    for (let small = 0; small < 3; small += 1) run(`small ${small}`, 300);
    await clock.advance(1);
    const [place] = starts.filter((start) => start.startsWith("first")).map((start) => start.at(-1));
    const meanwhile = [...starts];
    await clock.advance(5_000);

    // The large call waits for the target that frees it earliest, the second's; the first's goes on working.
    expect(meanwhile.slice(2)).toEqual([0, 1, 2].map((small) => `small ${small} on ${place}`));
    expect(starts.some((start) => start.startsWith("large") && !start.endsWith(`${place}`))).toBe(true);
  });

  it("keeps its date however many others come", async () => {
    const { router, request, clock } = routedWorld([accountTarget("a"), accountTarget("b")], { bounds });
    const startedAtMs = new Map<string, number>();
    const run = (name: string, tokens: number, share = 1) =>
      void outcome(
        router.run(request(tokens), async (_, attempt) => {
          startedAtMs.set(name, clock.monotonicMs());
          await clock.sleep(200);
          attempt.settle({ requests: 1, tokens: Math.round(tokens * share) });
        }),
      );
    for (let call = 0; call < 12; call += 1) run(`before ${call}`, 970, 0.5);
    run("large", 20_000);
    for (let call = 0; call < 400; call += 1) clock.timer(call * 20, () => run(`after ${call}`, 500, 0.5));
    await clock.advance(20_000);

    // Without the others it would start when its target's burst has drained: 6 s.
    expect(startedAtMs.get("large")).toBeLessThanOrEqual(6_100);
    expect([...startedAtMs.keys()].filter((name) => name.startsWith("after")).length).toBeGreaterThan(80);
  });

  it("is passed on its own target by what others gave back, at most 16 times", async () => {
    const { router, request, clock } = routedWorld([accountTarget("a")], { bounds, maxWaitMs: 600_000 });
    const starts: string[] = [];
    const run = (name: string, tokens: number, share: number) =>
      void outcome(
        router.run(request(tokens), async (_, attempt) => {
          starts.push(name);
          await clock.sleep(100);
          attempt.settle({ requests: 1, tokens: Math.round(tokens * share) });
        }),
      );
    run("keeps", burst / 2, 1);
    run("gives back", burst / 2, 0);
    run("large", 20_000, 1);
    for (let call = 0; call < 100; call += 1) run(`small ${call}`, 20, 0.5);
    await clock.advance(7_000);

    expect(starts.slice(2, starts.indexOf("large"))).toEqual(Array.from({ length: 16 }, (_, call) => `small ${call}`));
  });
});

describe("a claim that has gone", () => {
  it("lets the next start at once when its caller gives up", async () => {
    const { router, request, serve, started, clock } = routedWorld([accountTarget("a")], { bounds });
    const caller = new AbortController();
    void outcome(router.run(request(burst / 2), keeping(serve("first"))));
    void outcome(router.run(request(20_000, { signal: caller.signal }), serve("large")));
    void outcome(router.run(request(100), serve("small")));
    await clock.advance(10);
    const before = [...started];

    caller.abort(new Error("enough"));
    await clock.advance(1);

    expect(before).toEqual(["first"]);
    expect(started).toEqual(["first", "small"]);
  });

  it("moves to where the call starts earlier, and holds there", async () => {
    const targets = [accountTarget("a"), accountTarget("b")];
    const { router, request, clock } = routedWorld(targets, { bounds, maxWaitMs: 600_000 });
    const only = (at: number, tokens: number) => {
      const target = targets[at] ?? accountTarget("a");
      return { candidates: [{ target, cost: { requests: 1, tokens } }] };
    };
    let largeAtMs = Number.POSITIVE_INFINITY;
    const run = (change: Partial<CallRequest>, taken: number | undefined, onStart = () => {}) =>
      void outcome(
        router.run(request(20_000, change), async (_, attempt) => {
          onStart();
          await clock.sleep(1_000);
          attempt.settle(taken === undefined ? undefined : { requests: 1, tokens: taken });
        }),
      );
    run(only(0, 4_850), undefined); // drained at 5 s
    run(only(1, burst), 2_910); // at 6 s; at 3 s once it has given back
    run({}, undefined, () => (largeAtMs = clock.monotonicMs()));
    await clock.advance(1_100);
    for (let small = 0; small < 10; small += 1) run(only(1, 2_900), undefined);
    await clock.advance(20_000);

    expect(largeAtMs).toBeLessThanOrEqual(3_001);
  });
});

describe("a place that is free", () => {
  it("is taken at once, though nothing came back to the book", async () => {
    const { router, request, serve, started, clock } = routedWorld([accountTarget("a")], {
      bounds: { ...bounds, maxInFlight: 1 },
    });
    for (const name of ["one", "two"]) void outcome(router.run(request(10), keeping(serve(name))));
    await clock.advance(1_000);

    expect(started).toEqual(["one", "two"]);
  });
});

describe("large calls among small ones", () => {
  it("start within seconds at twice the load, and cost no more than their own tokens", async () => {
    const served = async (isMixed: boolean) => {
      const targets = ["a", "b", "c", "d"].map((letter) => accountTarget(letter));
      const { router, request, clock } = routedWorld(targets, { limit: 2_000_000, bounds, maxWaitMs: 30_000 });
      const waitsMs: number[] = [];
      let [small, large] = [0, 0];
      const untilMs = 60_000;
      const run = (tokens: number, isLarge: boolean) => {
        const sinceMs = clock.monotonicMs();
        const started = router.run(request(tokens, { maxWaitMs: isLarge ? 120_000 : 30_000 }), async (_, attempt) => {
          if (isLarge) waitsMs.push(clock.monotonicMs() - sinceMs);
          await clock.sleep(2_000);
          if (clock.monotonicMs() <= untilMs && !isLarge) small += tokens / 2;
          if (isLarge) large += tokens;
          attempt.settle({ requests: 1, tokens: isLarge ? tokens : tokens / 2 });
        });
        void outcome(started);
      };
      // 8 000 000 TPM; calls of 4 000 that take half of it, at twice that.
      for (let call = 0; call < 8_000; call += 1) clock.timer(call * 7.5, () => run(4_000, false));
      if (isMixed) for (let call = 0; call < 8; call += 1) clock.timer(5_000 + call * 5_000, () => run(150_000, true));
      await clock.advance(untilMs + 60_000);
      return { small, large, waitsMs };
    };

    const [mixed, plain] = [await served(true), await served(false)];

    expect(mixed.waitsMs).toHaveLength(8);
    expect(Math.max(...mixed.waitsMs)).toBeLessThan(40_000);
    expect(plain.small - mixed.small).toBeLessThan(mixed.large * 1.2);
  });
});

/** The same attempt, but AWS keeps the whole hold. */
function keeping(attempt: Attempt<string>): Attempt<string> {
  return (target, call) =>
    attempt(target, Object.assign(Object.create(call), { settle: () => call.settle(undefined) }));
}
