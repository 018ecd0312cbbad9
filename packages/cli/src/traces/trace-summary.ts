import { NameCounts } from "./synthetic/name-counts.ts";
import { TokenHistogram } from "./synthetic/token-histogram.ts";
import type { TraceCall } from "./trace-call.ts";

/** Sizes of one kind over all calls, in tokens. */
export interface SizeSummary {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly largest: number;
}

/** How many calls have a name. */
export interface NameSummary {
  /** The most frequent first, a thousand at most. */
  readonly counts: readonly (readonly [name: string, count: number])[];
  /** Calls of further names. */
  readonly others: number;
  readonly unnamed: number;
}

/** What a trace holds. */
export interface TraceSummary {
  readonly calls: number;
  /** From the first call to the last. */
  readonly spanMs: number;
  readonly callsPerSecond: number;
  /** In the busiest minute, counted from the trace's start. */
  readonly busiestMinute: { readonly calls: number; readonly tokens: number };
  /** Input and output together. */
  readonly tokensPerMinute: number;
  readonly input: SizeSummary;
  readonly output: SizeSummary;
  /** Of the calls that set one; undefined: none did. */
  readonly maxTokens: (SizeSummary & { readonly share: number }) | undefined;
  readonly models: NameSummary;
  readonly tenants: NameSummary;
}

const minuteMs = 60_000;

/** Sums a trace up, call by call; memory does not grow with the number of calls. */
export class TraceSums {
  readonly #inputs = new TokenHistogram();
  readonly #outputs = new TokenHistogram();
  readonly #maxima = new TokenHistogram();
  readonly #models = new NameCounts();
  readonly #tenants = new NameCounts();
  #lastMs = 0;
  #minute = { place: 0, calls: 0, tokens: 0 };
  #busiest = { calls: 0, tokens: 0 };

  add({ atMs, inputTokens, outputTokens, maxTokens, model, tenant }: TraceCall): void {
    this.#lastMs = atMs;
    this.#inputs.add(inputTokens);
    this.#outputs.add(outputTokens);
    if (maxTokens !== undefined) this.#maxima.add(maxTokens);
    this.#models.add(model);
    this.#tenants.add(tenant);
    const place = Math.floor(atMs / minuteMs);
    if (place !== this.#minute.place) this.#minute = { place, calls: 0, tokens: 0 };
    this.#minute.calls += 1;
    this.#minute.tokens += inputTokens + outputTokens;
    if (this.#minute.calls > this.#busiest.calls) this.#busiest.calls = this.#minute.calls;
    if (this.#minute.tokens > this.#busiest.tokens) this.#busiest.tokens = this.#minute.tokens;
  }

  summary(): TraceSummary {
    const calls = this.#inputs.count;
    const tokens = calls * (this.#inputs.mean + this.#outputs.mean);
    // A trace shorter than a minute has no rate by the minute beyond what came.
    const spanMs = this.#lastMs;
    const perMs = calls < 2 || spanMs === 0 ? 0 : (calls - 1) / spanMs;
    return {
      calls,
      spanMs,
      callsPerSecond: perMs * 1_000,
      busiestMinute: this.#busiest,
      tokensPerMinute: calls === 0 ? 0 : (tokens / calls) * perMs * minuteMs,
      input: sizes(this.#inputs),
      output: sizes(this.#outputs),
      maxTokens: this.#maxima.count === 0 ? undefined : { ...sizes(this.#maxima), share: this.#maxima.count / calls },
      models: names(this.#models),
      tenants: names(this.#tenants),
    };
  }
}

function sizes(histogram: TokenHistogram): SizeSummary {
  const [p50 = 0, p95 = 0, p99 = 0] = histogram.quantiles([0.5, 0.95, 0.99]);
  return { mean: histogram.mean, p50, p95, p99, largest: histogram.largest };
}

function names({ counts, others, unnamed }: NameCounts): NameSummary {
  return { counts, others, unnamed };
}
