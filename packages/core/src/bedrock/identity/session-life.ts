import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { SessionCredentials } from "./role-identity.ts";

export interface SessionLifeOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** On the clock's `monotonicMs`: when STS was asked. */
  readonly askedAtMs: number;
  readonly given: Pick<SessionCredentials, "expiration" | "clockOffsetMs">;
  /** What STS was asked for. */
  readonly durationSeconds: number;
}

/** Credentials are not used this close to their end: a signature must outlive the way to AWS. */
const safetyMs = 30_000;

/** From which part of a life on a session is replaced in the background; up to a tenth later, so that processes do not all ask at once. */
const refreshFrom = 0.5;
const refreshSpread = 0.1;

/**
 * How long one session may be used: until 30 s before its end by the wall clock, and no longer than its life by the
 * clock that never jumps, so a wall clock that is set back does not prolong it.
 */
export class SessionLife {
  readonly #clock: Clock;
  /** On the clock's `epochMs`. */
  readonly #usableUntilEpochMs: number;
  /** On the clock's `monotonicMs`, as is the next. */
  readonly #usableUntilMs: number;
  readonly #refreshAtMs: number;

  /** @throws when the session has ended already, or nobody says when it ends. */
  constructor({ clock, random, askedAtMs, given, durationSeconds }: SessionLifeOptions) {
    const nowMs = clock.monotonicMs();
    const endEpochMs = endByOurClock(given, clock.epochMs(), durationSeconds);
    const endMs = Math.min(nowMs + endEpochMs - clock.epochMs(), askedAtMs + durationSeconds * 1000);
    if (!(endMs - safetyMs > nowMs)) throw new Error("STS gave credentials that have ended already");
    this.#clock = clock;
    this.#usableUntilEpochMs = endEpochMs - safetyMs;
    this.#usableUntilMs = endMs - safetyMs;
    this.#refreshAtMs = nowMs + (endMs - nowMs) * (refreshFrom + refreshSpread * random());
  }

  get isUsable(): boolean {
    return this.#clock.monotonicMs() < this.#usableUntilMs && this.#clock.epochMs() < this.#usableUntilEpochMs;
  }

  get isRefreshDue(): boolean {
    return this.#clock.monotonicMs() >= this.#refreshAtMs;
  }
}

/** What AWS's clock may be ahead of ours, or ours of AWS's, before we take one of them for wrong. In ms. */
const clocksAgreeMs = 60_000;

/**
 * A session must end later than now and not later than was asked for. When it does not, our clock is wrong, and only then
 * do we use the difference to AWS's: it comes from a header that anything between us and AWS may have spoilt.
 */
function endByOurClock(
  { expiration, clockOffsetMs = 0 }: SessionLifeOptions["given"],
  nowMs: number,
  durationSeconds: number,
): number {
  const leftMs = expiration.getTime() - nowMs;
  const isPlausible = leftMs > 0 && leftMs <= durationSeconds * 1000 + clocksAgreeMs;
  return expiration.getTime() - (isPlausible ? 0 : clockOffsetMs);
}
