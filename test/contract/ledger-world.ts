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

/** Makes the ledger under test on a virtual clock. */
export type OpenLedger = (options: { readonly limits: Limits; readonly clock: VirtualClock }) => Ledger;

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
export function openWorld(open: OpenLedger, limit = 60_000, target = targetWith("a")) {
  const clock = new VirtualClock();
  const limits = new MemoryLimits();
  for (const { key, windowMs } of target.quotas) if (windowMs === 60_000) limits.set(key, limit, "config");
  const ledger = open({ limits, clock });
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
  return { clock, limits, ledger, call, learned, startsInMs, reserve, target };
}
