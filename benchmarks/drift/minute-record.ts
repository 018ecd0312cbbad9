import { minuteMs, sharedTargets, size, timeline } from "./scene.ts";

/** What happened in one minute. Tokens are what AWS charged, by when the call ended. */
export interface Minute {
  attempts: number;
  throttled: number;
  /** The same at the account with the consumer. */
  sharedAttempts: number;
  sharedThrottled: number;
  offeredTokens: number;
  tokens: number;
  sharedTokens: number;
  /** What the consumer's calls took, of both quotas. */
  consumerTokens: number;
  /** What the router took the account's quotas for, at the minute's end: units a minute it planned on. */
  planned: number;
  /** What the router knew others to use of them, then. */
  foreign: number;
}

/** Everything a run keeps, minute for minute. */
export class MinuteRecord {
  readonly minutes: readonly Minute[] = Array.from({ length: timeline.ends }, nothing);

  at(nowMs: number): Minute {
    return this.minutes[Math.floor(nowMs / minuteMs)] ?? nothing();
  }

  attempt(target: number, isThrottled: boolean, nowMs: number): void {
    const minute = this.at(nowMs);
    const refused = isThrottled ? 1 : 0;
    minute.attempts += 1;
    minute.throttled += refused;
    if (!isShared(target)) return;
    minute.sharedAttempts += 1;
    minute.sharedThrottled += refused;
  }

  serve(target: number, tokens: number, nowMs: number): void {
    const minute = this.at(nowMs);
    minute.tokens += tokens;
    if (isShared(target)) minute.sharedTokens += tokens;
  }
}

export const sharedTpm: number = sharedTargets.reduce<number>(
  (sum, index) => sum + (size.tokensPerMinute[index] ?? 0),
  0,
);

function isShared(target: number): boolean {
  return sharedTargets.some((shared) => shared === target);
}

function nothing(): Minute {
  return {
    attempts: 0,
    throttled: 0,
    sharedAttempts: 0,
    sharedThrottled: 0,
    offeredTokens: 0,
    tokens: 0,
    sharedTokens: 0,
    consumerTokens: 0,
    planned: 0,
    foreign: 0,
  };
}
