import type { QuotaSnapshot, Reservation } from "@shardrock/core";
import fc from "fast-check";
import { type OpenLedger, openWorld } from "../contract/ledger-world.ts";

/** Tokens a minute, of the quota that is played with. */
export const limit = 60_000;
export const windowMs = 60_000;

/** One thing that happens to the book. `which` picks among the open reservations. */
export type Step =
  | { readonly kind: "reserve"; readonly tokens: number }
  | { readonly kind: "settle"; readonly which: number; readonly share: number }
  | { readonly kind: "release" | "keep" | "throttled"; readonly which: number }
  | { readonly kind: "wait"; readonly ms: number };

const which = fc.nat({ max: 1_000 });
const ending: fc.Arbitrary<Step> = fc.oneof(
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
);

/** Large calls, long waits, and all that can happen to a call. */
const mixed = fc.oneof(
  { weight: 5, arbitrary: reserveUpTo(20_000) },
  { weight: 5, arbitrary: ending },
  { weight: 4, arbitrary: waitUpTo(30_000) },
);

/** More than the quota holds, most of it kept, for longer than a window. */
const busy = fc.oneof(
  { weight: 16, arbitrary: reserveUpTo(3_000) },
  { weight: 1, arbitrary: ending },
  { weight: 8, arbitrary: waitUpTo(4_000) },
);

export const steps: fc.Arbitrary<readonly Step[]> = fc.oneof(
  fc.array(mixed, { minLength: 5, maxLength: 80 }),
  fc.array(busy, { minLength: 80, maxLength: 160 }),
);

function reserveUpTo(tokens: number): fc.Arbitrary<Step> {
  return fc.record({ kind: fc.constant("reserve"), tokens: fc.integer({ min: 1, max: tokens }) });
}

function waitUpTo(ms: number): fc.Arbitrary<Step> {
  return fc.record({ kind: fc.constant("wait"), ms: fc.integer({ min: 1, max: ms }) });
}

/** What went on or off the book, and what each booking stands at; both at the time the call may start, or later. */
export interface Trail {
  readonly changes: { readonly atMs: number; tokens: number; readonly isShortfall: boolean }[];
  /** The largest limit and burst that were believed on the way. */
  readonly believed: { limit: number; burst: number; isCautious: boolean };
  readonly bookings: { readonly atMs: number; readonly held: number; stands: number }[];
}

interface OpenCall {
  readonly reservation: Reservation;
  readonly booking: Trail["bookings"][number];
  readonly change: Trail["changes"][number];
}

/** Plays steps on a fresh ledger and calls `look` after each. */
export async function play(
  open: OpenLedger,
  steps: readonly Step[],
  look: (trail: Trail, nowMs: number) => void,
): Promise<void> {
  await using world = await openWorld(open, limit);
  const { ledger, clock, call } = world;
  const openCalls: OpenCall[] = [];
  const trail: Trail = { changes: [], bookings: [], believed: { limit, burst: 0, isCautious: true } };
  for (const one of steps) {
    if (one.kind === "wait") await world.wait(one.ms);
    else if (one.kind === "reserve") {
      const answer = await ledger.reserve([call(one.tokens)]);
      if (answer.kind === "refused") continue;
      const atMs = clock.monotonicMs() + (answer.startsInMs ?? 0);
      const booking = { atMs, held: one.tokens, stands: one.tokens };
      const change = { atMs, tokens: one.tokens, isShortfall: false };
      trail.bookings.push(booking);
      trail.changes.push(change);
      openCalls.push({ reservation: answer, booking, change });
    } else if (openCalls.length > 0) {
      const [ended] = openCalls.splice(one.which % openCalls.length, 1);
      if (ended !== undefined) end(one, ended, { trail, atMs: clock.monotonicMs() });
      await world.written();
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
  { reservation, booking, change }: OpenCall,
  { trail, atMs }: { readonly trail: Trail; readonly atMs: number },
): void {
  const actual = one.kind === "settle" ? Math.round(booking.held * one.share) : one.kind === "keep" ? booking.held : 0;
  if (one.kind === "settle") reservation.settle({ tokens: actual });
  if (one.kind === "release") reservation.release();
  if (one.kind === "keep") reservation.keep("in doubt");
  if (one.kind === "throttled") reservation.throttled({ scope: "tokens-per-minute" });
  booking.stands = actual;
  const tokens = actual - booking.held;
  if (tokens === 0) return;
  // What was booked ahead and comes back before it starts has never been on the book.
  if (atMs < booking.atMs && tokens < 0) change.tokens = actual;
  else trail.changes.push({ atMs: Math.max(atMs, booking.atMs), tokens, isShortfall: tokens > 0 });
}
