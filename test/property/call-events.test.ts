import type { Attempt, AttemptEnd, CallEnd, RouterEvent, Verdict } from "@shardrock/core";
import { NotSentError } from "@shardrock/core";
import type { VirtualClock } from "@shardrock/simulator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountTarget, Failure, outcome, routedWorld } from "../routing/routed-world.ts";

const verdicts: readonly Verdict[] = [
  { kind: "throttled", scope: "unknown" },
  { kind: "account-failed" },
  { kind: "target-denied" },
  { kind: "unreachable" },
  { kind: "overloaded" },
  { kind: "ambiguous" },
  { kind: "invalid" },
  { kind: "aborted" },
];

/** How one attempt goes. A stream goes on for `lastsMs` after it was handed out. */
const attempt = fc.record({
  ends: fc.constantFrom(
    "settle",
    "forget",
    "throw",
    "not-sent",
    "settle-throw",
    "stream",
    "stream-over",
    "stream-throw",
  ),
  streamEnds: fc.constantFrom("settle", "unknown", "fail", "all"),
  verdict: fc.constantFrom(...verdicts),
  lastsMs: fc.integer({ min: 0, max: 3_000 }),
});
type Script = typeof attempt extends fc.Arbitrary<infer S> ? S : never;

const call = fc.record({
  afterMs: fc.integer({ min: 0, max: 2_000 }),
  tokens: fc.constantFrom(1, 3_000, 6_000, 70_000),
  isPinnedAway: fc.boolean(),
  affinityKey: fc.constantFrom(undefined, "one", "two"),
  abortsAfterMs: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
  attempts: fc.array(attempt, { minLength: 1, maxLength: 4 }),
});

/** Plays one attempt after another by a script; the last is played again when there are more. */
function played(scripts: readonly Script[], clock: VirtualClock): Attempt<string> {
  let next = 0;
  return async (_, running) => {
    const { ends, streamEnds, verdict, lastsMs } = scripts[Math.min(next++, scripts.length - 1)] as Script;
    const failure = new Failure(verdict);
    const endStream = (): void => {
      if (streamEnds !== "fail") running.settle(streamEnds === "unknown" ? undefined : { tokens: 1 });
      if (streamEnds === "fail" || streamEnds === "all") running.fail(failure);
    };
    if (ends.startsWith("stream")) {
      running.commit();
      if (ends === "stream") clock.timer(lastsMs, endStream);
      if (ends === "stream-over") endStream();
      if (ends === "stream-throw") throw failure;
      return "a stream";
    }
    await clock.sleep(lastsMs, running.signal);
    if (ends.startsWith("settle")) running.settle({ requests: 1, tokens: 1 });
    if (ends === "not-sent") throw new NotSentError(failure);
    if (ends === "throw" || ends === "settle-throw") throw failure;
    return "an answer";
  };
}

describe("the events of a router", () => {
  it("are exactly one end for each call, its last, and one for each of its attempts, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { minLength: 1, maxLength: 12 }),
        fc.option(fc.integer({ min: 0, max: 11 }), { nil: undefined }),
        async (calls, closesBefore) => {
          const world = routedWorld([accountTarget("a"), accountTarget("b")], { maxWaitMs: 10_000 });
          const { router, request, clock, events } = world;
          const results: ReturnType<typeof outcome>[] = [];
          let begun = 0;
          for (const [
            place,
            { afterMs, tokens, isPinnedAway, affinityKey, abortsAfterMs, attempts },
          ] of calls.entries()) {
            await clock.advance(afterMs);
            if (place === closesBefore) router.close();
            const caller = new AbortController();
            if (abortsAfterMs === 0) caller.abort(new Error("enough"));
            else if (abortsAfterMs !== undefined) clock.timer(abortsAfterMs, () => caller.abort(new Error("enough")));
            const pin = isPinnedAway && tokens === 1 ? { accountId: "nobody", by: "a guardrail" } : undefined;
            const play = played(attempts, clock);
            const sending = router.run(
              request(tokens, { pin, affinityKey, signal: caller.signal }),
              (target, running) => {
                begun += 1;
                return play(target, running);
              },
            );
            results.push(outcome(sending));
          }
          await clock.advance(60_000);
          const settled = await Promise.all(results);

          const byCall = calls.map((_, place) => eventsOf(events, place + 1));
          for (const [place, { ends, attempts }] of byCall.entries()) {
            expect(ends).toHaveLength(1);
            const [end] = ends;
            expect(events.findLast((event) => "callId" in event && event.callId === place + 1)).toBe(end);
            expect(attempts.map((each) => each.attempt)).toEqual(attempts.map((_, index) => index + 1));
            expect(end?.attempts).toBe(attempts.length);
            expect(end?.reserved.tokens ?? 0).toBe(
              attempts.reduce((sum, each) => sum + (each.reserved.tokens ?? 0), 0),
            );
            expect(end?.possiblyBilled).toBe(attempts.some((each) => each.possiblyBilled));
            const wasServed = "value" in (settled[place] ?? {});
            if (end?.outcome === "ok") expect(wasServed).toBe(true);
            if (end?.outcome === "refused" || end?.outcome === "failed") expect(wasServed).toBe(false);
            if (end?.outcome === "interrupted") expect(end.isCommitted).toBe(true);
          }
          // One whose caller had given up while it was booked is never handed to the transport.
          expect(byCall.flatMap(({ attempts }) => attempts).length).toBeGreaterThanOrEqual(begun);
          expect(router.load).toEqual({ queued: 0, inFlight: 0 });
          expect(router.droppedEvents).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

function eventsOf(events: readonly RouterEvent[], callId: number): { ends: CallEnd[]; attempts: AttemptEnd[] } {
  return {
    ends: events.filter((event) => event.kind === "call-end").filter((event) => event.callId === callId),
    attempts: events.filter((event) => event.kind === "attempt-end").filter((event) => event.callId === callId),
  };
}
