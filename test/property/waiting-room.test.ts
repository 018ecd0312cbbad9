import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountTarget, outcome, routedWorld } from "../routing/routed-world.ts";

const call = fc.record({
  afterMs: fc.integer({ min: 0, max: 4_000 }),
  tokens: fc.integer({ min: 1, max: 20_000 }),
  priority: fc.integer({ min: 0, max: 2 }),
  lastsMs: fc.integer({ min: 1, max: 8_000 }),
  usedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  abortsAfterMs: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
});

describe("the waiting room", () => {
  it("forgets nobody, ends every call once, and leaves nothing behind", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 40 }), async (calls) => {
        const { router, request, clock, events } = routedWorld([accountTarget("a"), accountTarget("b")]);
        const ended: Promise<unknown>[] = [];
        for (const { afterMs, tokens, priority, lastsMs, usedShare, abortsAfterMs } of calls) {
          await clock.advance(afterMs);
          const caller = new AbortController();
          if (abortsAfterMs !== undefined) clock.timer(abortsAfterMs, () => caller.abort(new Error("enough")));
          const running = router.run(request(tokens, { priority, signal: caller.signal }), async (_, attempt) => {
            await clock.sleep(lastsMs, attempt.signal);
            attempt.settle({ tokens: Math.round(tokens * usedShare) });
          });
          ended.push(outcome(running));
        }

        await clock.advance(120_000);

        expect(await Promise.all(ended)).toHaveLength(calls.length);
        expect(router.load).toEqual({ queued: 0, inFlight: 0 });
        expect(events.filter(({ kind }) => kind === "call-end")).toHaveLength(calls.length);
      }),
      { numRuns: 100 },
    );
  });

  it("starts calls of one priority in order of arrival, whatever their sizes", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 2, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(sizes, async (tokens) => {
        const { router, request, clock } = routedWorld([accountTarget("a")], { maxWaitMs: 3_600_000 });
        const started: number[] = [];
        for (const [place, size] of tokens.entries()) {
          void outcome(
            router.run(request(size), async (_, attempt) => {
              started.push(place);
              await clock.sleep(500);
              attempt.settle(undefined);
            }),
          );
        }

        await clock.advance(3_600_000);

        expect(started).toEqual(tokens.map((_, place) => place));
      }),
      { numRuns: 100 },
    );
  });
});
