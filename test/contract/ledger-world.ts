import { randomUUID } from "node:crypto";
import {
  type Candidate,
  type Ledger,
  type Limits,
  MemoryLimits,
  type QuotaSnapshot,
  type Reservation,
  type Target,
} from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
import { expect } from "vitest";

/** A ledger under test. What else was opened for it ends with it. */
export interface OpenedForTest extends Partial<AsyncDisposable> {
  readonly ledger: Ledger;
  /** The clock was moved: a book with a clock of its own moves that too. */
  readonly clockMoved?: () => Promise<void>;
}

/** Makes the ledger under test on a virtual clock. Nothing else is in its realm. */
export type OpenLedger = (options: {
  readonly limits: Limits;
  readonly clock: VirtualClock;
  readonly realm: string;
}) => OpenedForTest | Promise<OpenedForTest>;

/** How far the times a ledger tells may be off, in ms. */
export interface Tolerance {
  /** Times are rounded to so much. */
  readonly roundingMs: number;
  /** A refusal may tell to ask again so much later than the call would fit, so that not everybody asks at once. */
  readonly refusalJitterMs: number;
  /** And so much earlier, because it is booked ahead then. */
  readonly refusalEarlyMs?: number;
}

export const exact: Tolerance = { roundingMs: 0, refusalJitterMs: 0 };

/** A target with one minute quota of tokens, and more if told. */
export function targetWith(id: string, quotas: Target["quotas"] = [minuteTokens(`${id}/tokens`)]): Target {
  return {
    id,
    accountId: "111111111111",
    region: "us-east-1",
    endpoint: "runtime",
    modelId: "us.anthropic.claude-chat",
    destinationRegions: ["us-east-1"],
    weight: 1,
    quotas,
  };
}

export function minuteTokens(key: string): Target["quotas"][number] {
  return { key, unit: "tokens", windowMs: 60_000 };
}

/** 60 000 tokens a minute: 1 a ms, in bursts of 6 000. */
export async function openWorld(open: OpenLedger, limit = 60_000, target = targetWith("a")) {
  const clock = new VirtualClock();
  const limits = new MemoryLimits();
  for (const { key, windowMs } of target.quotas) if (windowMs === 60_000) limits.set(key, limit, "config");
  const opened = await open({ limits, clock, realm: `contract-${randomUUID()}` });
  const { ledger } = opened;
  const call = (tokens: number): Candidate => ({ target, cost: { requests: 1, tokens } });
  const startsInMs = (tokens: number): number => ledger.startsInMs(call(tokens), clock.monotonicMs());
  const reserve = async (tokens: number): Promise<Reservation> => {
    const answer = await ledger.reserve([call(tokens)]);
    if (answer.kind === "refused") throw new Error(`refused for ${answer.retryAfterMs} ms`);
    return answer;
  };
  const learned = (): QuotaSnapshot => {
    const [first] = ledger.snapshot(clock.monotonicMs());
    if (first === undefined) throw new Error("the ledger shows no quota");
    return first;
  };
  /** Whatever was told to the ledger is in the book. */
  const written = async (): Promise<void> => ledger.flush?.();
  const wait = async (ms: number): Promise<void> => {
    await written();
    await clock.advance(ms);
    await opened.clockMoved?.();
  };
  return {
    clock,
    limits,
    ledger,
    call,
    learned,
    startsInMs,
    reserve,
    target,
    written,
    wait,
    async [Symbol.asyncDispose]() {
      await written();
      await opened[Symbol.asyncDispose]?.();
    },
  };
}

/** Whether a time is what it should be, within what is told and the ledger's own rounding. */
export function expectMs(actualMs: number, expectedMs: number, withinMs: number): void {
  expect(Math.abs(actualMs - expectedMs), `${actualMs} ms instead of ${expectedMs}`).toBeLessThan(withinMs);
}
