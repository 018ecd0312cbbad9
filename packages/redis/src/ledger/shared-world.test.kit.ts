import {
  type Candidate,
  type Clock,
  type LedgerNews,
  MemoryLimits,
  type Reservation,
  seededRandom,
  type Target,
} from "@shardrock/core";
import type { FakeServer } from "./fake-store.test.kit.ts";
import { SharedLedger, type SharedLedgerOptions } from "./shared-ledger.ts";

/** A process with a book that it shares with others. */
export interface Process extends AsyncDisposable {
  readonly ledger: SharedLedger;
  readonly limits: MemoryLimits;
  /** What it told of the book, in short. */
  readonly changes: readonly LedgerNews["change"][];
  readonly news: readonly LedgerNews[];
  readonly warnings: readonly string[];
  /** Books so many tokens. @throws when they are refused. */
  book(tokens: number): Promise<Reservation>;
  startsInMs(tokens: number): number;
}

/** A target with one quota of tokens a minute, or as told. */
export function targetWith(id = "a", quotas: Target["quotas"] = [tokensOf(id)]): Target {
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

export function tokensOf(id: string): Target["quotas"][number] {
  return { key: `${id}/tokens`, unit: "tokens", windowMs: 60_000 };
}

export function callOf(tokens: number, target: Target = shared): Candidate {
  return { target, cost: { requests: 1, tokens } };
}

export interface ProcessOptions extends Partial<SharedLedgerOptions> {
  readonly clock: Clock;
  /** Tokens a minute; 60 000 unless told. */
  readonly limit?: number;
  /** Of its chance. */
  readonly seed?: number;
}

/** Starts a process that shares a server's book. */
export function startProcess(server: FakeServer, processId: string, options: ProcessOptions): Process {
  const { clock, limit = 60_000, seed = 1, ...more } = options;
  const limits = new MemoryLimits();
  limits.set("a/tokens", limit, "config");
  const news: LedgerNews[] = [];
  const tell = (one: LedgerNews): void => void news.push(one);
  const warnings: string[] = [];
  const ledger = new SharedLedger({
    store: server.storeOf(processId),
    host: { clock, limits, random: seededRandom(seed), tell, warn: (code) => void warnings.push(code) },
    processId,
    timeoutMs: 50,
    beatMs: 500,
    onStoreDown: "local",
    expiresInMs: 900_000,
    ...more,
  });
  return {
    ledger,
    limits,
    news,
    warnings,
    get changes() {
      return news.map(({ change }) => change);
    },
    async book(tokens) {
      const answer = await ledger.reserve([callOf(tokens)]);
      if (answer.kind === "refused") throw new Error(`refused for ${answer.retryAfterMs} ms`);
      return answer;
    },
    startsInMs: (tokens) => ledger.startsInMs(callOf(tokens), clock.monotonicMs()),
    [Symbol.asyncDispose]: () => ledger[Symbol.asyncDispose](),
  };
}

const shared = targetWith();
