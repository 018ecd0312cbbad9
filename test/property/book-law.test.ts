import { MemoryLedger, MemoryLimits, type QuotaSnapshot, type Reservation, type Target } from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minuteTokens, targetWith } from "../contract/ledger-world.ts";

const limit = 60_000;
const windowMs = 60_000;

/** One thing that happens to the book. `which` picks among the open reservations. */
type Step =
  | { readonly kind: "reserve"; readonly tokens: number }
  | { readonly kind: "settle"; readonly which: number; readonly share: number }
  | { readonly kind: "release" | "keep" | "throttled"; readonly which: number }
  | { readonly kind: "wait"; readonly ms: number };

const which = fc.nat({ max: 1_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("reserve" as const), tokens: fc.integer({ min: 1, max: 20_000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("settle" as const),
      which,
      share: fc.double({ min: 0, max: 2, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("release" as const, "keep" as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("throttled" as const), which }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 30_000 }) }) },
);

/** What went on or off the book, and what each booking stands at. */
interface Trail {
  readonly changes: { readonly atMs: number; readonly tokens: number; readonly isShortfall: boolean }[];
  /** The largest limit and burst that were believed on the way. */
  readonly believed: { limit: number; burst: number; isCautious: boolean };
  readonly bookings: { readonly atMs: number; readonly held: number; stands: number; endedMs: number }[];
}

/** Plays steps and calls `look` after each. */
async function play(steps: readonly Step[], look: (trail: Trail, nowMs: number) => void): Promise<void> {
  const clock = new VirtualClock();
  const limits = new MemoryLimits();
  const target: Target = targetWith("a", [minuteTokens("a/tokens")]);
  limits.set("a/tokens", limit, "config");
  const ledger = new MemoryLedger({ limits, clock });
  const open: { reservation: Reservation; booking: Trail["bookings"][number] }[] = [];
  const trail: Trail = { changes: [], bookings: [], believed: { limit, burst: 0, isCautious: true } };
  for (const one of steps) {
    if (one.kind === "wait") await clock.advance(one.ms);
    else if (one.kind === "reserve") {
      const answer = await ledger.reserve([{ target, cost: { tokens: one.tokens } }]);
      if (answer.kind === "refused") continue;
      const atMs = clock.monotonicMs();
      const booking = { atMs, held: one.tokens, stands: one.tokens, endedMs: Number.POSITIVE_INFINITY };
      trail.bookings.push(booking);
      trail.changes.push({ atMs, tokens: one.tokens, isShortfall: false });
      open.push({ reservation: answer, booking });
    } else if (open.length > 0) {
      const [ended] = open.splice(one.which % open.length, 1);
      if (ended !== undefined) end(one, ended, { trail, atMs: clock.monotonicMs() });
    }
    for (const quota of ledger.snapshot(clock.monotonicMs())) believe(trail.believed, quota);
    look(trail, clock.monotonicMs());
  }
}

function believe(believed: Trail["believed"], { learnedLimit, burst, enforcement }: QuotaSnapshot): void {
  believed.limit = Math.max(believed.limit, learnedLimit);
  believed.burst = Math.max(believed.burst, burst);
  if (enforcement !== "unknown") believed.isCautious = false;
}

function end(
  one: Exclude<Step, { kind: "wait" | "reserve" }>,
  { reservation, booking }: { reservation: Reservation; booking: Trail["bookings"][number] },
  { trail, atMs }: { trail: Trail; atMs: number },
): void {
  const actual = one.kind === "settle" ? Math.round(booking.held * one.share) : one.kind === "keep" ? booking.held : 0;
  if (one.kind === "settle") reservation.settle({ tokens: actual });
  if (one.kind === "release") reservation.release();
  if (one.kind === "keep") reservation.keep("in doubt");
  if (one.kind === "throttled") reservation.throttled({ scope: "tokens-per-minute" });
  booking.stands = actual;
  booking.endedMs = atMs;
  const tokens = actual - booking.held;
  if (tokens !== 0) trail.changes.push({ atMs, tokens, isShortfall: tokens > 0 });
}

describe("the law of the book", () => {
  it("bookings minus give-backs in any interval stay under burst or largest hold, plus rate × length, plus shortfalls", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 80 }), async (steps) => {
        let last: Trail["changes"] = [];
        let believed: Trail["believed"] = { limit, burst: 0, isCautious: true };
        await play(steps, (trail) => ({ changes: last, believed } = trail));

        for (const [first, from] of last.entries()) {
          let net = 0;
          let shortfalls = 0;
          let largest = 0;
          for (const change of last.slice(first)) {
            net += change.tokens;
            if (change.isShortfall) shortfalls += change.tokens;
            else largest = Math.max(largest, change.tokens);
            const lengthMs = change.atMs - from.atMs;
            const rounding = last.length;
            expect(net).toBeLessThanOrEqual(
              Math.max(believed.burst, largest) + (believed.limit * lengthMs) / windowMs + shortfalls + rounding,
            );
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("never has more than the limit booked in any sliding window while it does not know how AWS counts, shortfalls aside", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 80 }), async (steps) => {
        await play(steps, (trail, nowMs) => {
          if (!trail.believed.isCautious) return;
          const current = trail.bookings.filter(({ atMs }) => atMs > nowMs - windowMs);
          const booked = current.reduce((sum, { held, stands }) => sum + Math.min(held, stands), 0);
          expect(booked).toBeLessThanOrEqual(limit);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("a refusal changes nothing", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(sizes, async (tokens) => {
        const { ledger, clock, target } = await busyLedger();
        const startsInMs = (): number[] =>
          [1, 500, 60_000].map((size) => ledger.startsInMs({ target, cost: { tokens: size } }, clock.monotonicMs()));
        const before = startsInMs();

        const answers = await Promise.all(tokens.map((size) => ledger.reserve([{ target, cost: { tokens: size } }])));

        expect(answers.every(({ kind }) => kind === "refused")).toBe(true);
        expect(startsInMs()).toEqual(before);
      }),
    );
  });

  it("every reservation ends once, whatever is called on it and in whatever order", async () => {
    const endings = fc.array(fc.constantFrom("settle", "release", "keep", "throttled"), { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(endings, async ([first = "keep", ...more]) => {
        const [once, often] = await Promise.all([endedBy([first]), endedBy([first, ...more])]);

        expect(often).toEqual(once);
      }),
    );
  });
});

/** A ledger that has just spent its burst. */
async function busyLedger() {
  const clock = new VirtualClock();
  const limits = new MemoryLimits();
  const target = targetWith("a", [minuteTokens("a/tokens")]);
  limits.set("a/tokens", limit, "config");
  const ledger = new MemoryLedger({ limits, clock });
  await ledger.reserve([{ target, cost: { tokens: 6_000 } }]);
  return { ledger, clock, target };
}

async function endedBy(endings: readonly string[]): Promise<number[]> {
  const clock = new VirtualClock();
  const limits = new MemoryLimits();
  const target = targetWith("a", [minuteTokens("a/tokens")]);
  limits.set("a/tokens", limit, "config");
  const ledger = new MemoryLedger({ limits, clock });
  const answer = await ledger.reserve([{ target, cost: { tokens: 3_000 } }]);
  if (answer.kind === "refused") throw new Error("an idle ledger refused");
  for (const ending of endings) {
    if (ending === "settle") answer.settle({ tokens: 1_000 });
    if (ending === "release") answer.release();
    if (ending === "keep") answer.keep("in doubt");
    if (ending === "throttled") answer.throttled({ scope: "unknown" });
  }
  return [1, 2_000, 6_000].map((size) => ledger.startsInMs({ target, cost: { tokens: size } }, clock.monotonicMs()));
}
