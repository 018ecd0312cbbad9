import {
  type Candidate,
  type Ledger,
  MemoryLedger,
  MemoryLimits,
  type QuotaSnapshot,
  seededRandom,
} from "@shardrock/core";
import { chatSize, type LimiterKind, serviceMs, SimulatedBedrock, VirtualClock } from "@shardrock/simulator";
import { minuteTokens, targetWith } from "../../contract/ledger-world.ts";

export interface OneQuotaOptions {
  readonly limiter: LimiterKind;
  /** Tokens per minute that the simulated AWS keeps. */
  readonly limit: number;
  /** What the book believes; the truth unless told. */
  readonly believed?: number;
  readonly maxTokens?: number;
  readonly burndown?: number;
  /** Minutes that call after call waits for room. */
  readonly minutes: number;
  /** Minutes of that which are not counted. */
  readonly learningMinutes: number;
  readonly seed?: number;
  /** Prompt tokens of every call that come out of a cache, on top of its input: the book holds them, AWS does not. */
  readonly cachedTokens?: number;
  /** Offered calls per ms; more than fit unless told. */
  readonly callsPerMs?: number;
}

export interface OneQuotaResult {
  /** Tokens served after learning, as a share of the true limit. */
  readonly goodput: number;
  /** Calls AWS refused, while learning and after. */
  readonly throttledLearning: number;
  readonly throttled: number;
  readonly attempts: number;
  readonly learned: QuotaSnapshot;
}

/** One quota with calls that never stop coming, in virtual time: the book alone decides when each starts. */
export function runOneQuota(options: OneQuotaOptions): Promise<OneQuotaResult> {
  return new OneQuota(options).run();
}

/** The same, asking the limiter itself. @returns goodput. */
export async function runTold(options: OneQuotaOptions): Promise<number> {
  return (await new OneQuota({ ...options, isTold: true }).play()).goodput;
}

const place = { accountId: "111111111111", region: "us-east-1", modelId: "us.anthropic.claude-chat" };

class OneQuota {
  readonly #options: OneQuotaOptions & { readonly isTold?: boolean };
  readonly #clock = new VirtualClock();
  readonly #target = targetWith("a", [minuteTokens("a/tokens")]);
  readonly #bedrock: SimulatedBedrock;
  readonly #ledger: Ledger;
  readonly #random: () => number;
  readonly #counts = { tokens: 0, throttledLearning: 0, throttled: 0, attempts: 0 };
  #wake: () => void = () => {};

  constructor(options: OneQuotaOptions & { readonly isTold?: boolean }) {
    this.#options = options;
    const { limiter, limit, believed = limit, burndown = 1, seed = 1 } = options;
    this.#random = seededRandom(seed);
    const quotas = [{ ...place, modelIds: [place.modelId], tokensPerMinute: limit, burndown, maxOutputTokens: 64_000 }];
    this.#bedrock = new SimulatedBedrock({ quotas, limiter, random: seededRandom(seed + 1) });
    const limits = new MemoryLimits();
    limits.set("a/tokens", believed, "config");
    this.#ledger = new MemoryLedger({ limits, clock: this.#clock });
    this.#ledger.onGiveBack(() => this.#wake());
  }

  async run(): Promise<OneQuotaResult> {
    const { goodput, ...counts } = await this.play();
    const [learned] = this.#ledger.snapshot(this.#clock.monotonicMs());
    if (learned === undefined) throw new Error("the ledger shows no quota");
    return { goodput, ...counts, learned };
  }

  async play(): Promise<Omit<OneQuotaResult, "learned">> {
    const { minutes, learningMinutes, limit } = this.#options;
    void this.#serve();
    await this.#clock.advance(minutes * 60_000);
    const { tokens, ...counts } = this.#counts;
    return { goodput: tokens / (minutes - learningMinutes) / limit, ...counts };
  }

  async #serve(): Promise<never> {
    const { maxTokens = 1_000, callsPerMs } = this.#options;
    for (;;) {
      const { inputTokens, outputTokens } = chatSize(this.#random);
      const call = { inputTokens, outputTokens: Math.min(outputTokens, maxTokens), maxTokens };
      if (callsPerMs !== undefined) await this.#clock.sleep(-Math.log(1 - this.#random()) / callsPerMs);
      while (!(await this.#start(call))) await this.#sleep(this.#startsInMs(call));
    }
  }

  /** Until the time has come, or something was given back. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.timer(Math.max(ms, 0.001), resolve);
      this.#wake = () => {
        timer[Symbol.dispose]();
        resolve();
      };
    });
  }

  #startsInMs({ inputTokens, maxTokens }: Call): number {
    const nowMs = this.#clock.monotonicMs();
    if (this.#options.isTold) return this.#bedrock.admitsInMs({ ...place, inputTokens, maxTokens }, nowMs);
    return this.#ledger.startsInMs(this.#candidateOf({ inputTokens, maxTokens }), nowMs);
  }

  /** @returns whether it was let in. */
  async #start(call: Call): Promise<boolean> {
    if (this.#startsInMs(call) > 0) return false;
    const { inputTokens, outputTokens, maxTokens } = call;
    const reservation = this.#options.isTold ? undefined : await this.#ledger.reserve([this.#candidateOf(call)]);
    if (reservation?.kind === "refused") return false;
    const isLearning = this.#clock.monotonicMs() < this.#options.learningMinutes * 60_000;
    if (!isLearning) this.#counts.attempts += 1;
    const answer = this.#bedrock.admit({ ...place, inputTokens, maxTokens }, this.#clock.monotonicMs());
    if (answer.kind !== "admitted") {
      this.#counts[isLearning ? "throttledLearning" : "throttled"] += 1;
      reservation?.throttled({ scope: "tokens-per-minute" });
      return false;
    }
    const actual = inputTokens + outputTokens * (this.#options.burndown ?? 1);
    this.#clock.timer(serviceMs(outputTokens), () => {
      const nowMs = this.#clock.monotonicMs();
      answer.end({ inputTokens, outputTokens }, nowMs);
      if (nowMs >= this.#options.learningMinutes * 60_000) this.#counts.tokens += actual;
      reservation?.settle({ tokens: actual });
      if (reservation === undefined) this.#wake();
    });
    return true;
  }

  #candidateOf({ inputTokens, maxTokens }: Pick<Call, "inputTokens" | "maxTokens">): Candidate {
    const { cachedTokens = 0 } = this.#options;
    const tokens = inputTokens + maxTokens;
    return { target: this.#target, cost: { tokens: tokens + cachedTokens }, atLeast: { tokens } };
  }
}

interface Call {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly maxTokens: number;
}
