import type { TraceCall } from "../trace-call.ts";
import { NameCounts } from "./name-counts.ts";
import { RateBins } from "./rate-bins.ts";
import type { SizeDistribution } from "./size-distribution.ts";
import { TokenHistogram } from "./token-histogram.ts";
import type { TrafficProfile } from "./traffic-profile.ts";

/** Finds out, call by call, what a trace's traffic is like; memory does not grow with the number of calls. */
export class TraceFit {
  readonly #rates = new RateBins();
  readonly #inputs = new TokenHistogram();
  readonly #outputs = new TokenHistogram();
  readonly #maxima = new TokenHistogram();
  readonly #models = new NameCounts();
  readonly #tenants = new NameCounts();

  add({ atMs, inputTokens, outputTokens, maxTokens, model, tenant }: TraceCall): void {
    this.#rates.add(atMs);
    this.#inputs.add(inputTokens);
    this.#outputs.add(outputTokens);
    if (maxTokens !== undefined) this.#maxima.add(maxTokens);
    this.#models.add(model);
    this.#tenants.add(tenant);
  }

  /** Undefined: a rate needs two calls, a millisecond apart or more. */
  profile(): TrafficProfile | undefined {
    const { count } = this.#inputs;
    const { durationMs } = this.#rates;
    if (durationMs < 1) return undefined;
    const levels = this.#rates.levels();
    return {
      profile: "shardrock-traffic/1",
      callsPerSecond: rounded((count / durationMs) * 1_000, 6),
      durationMs: Math.round(durationMs),
      shape: levels.length === 1 ? "steady" : levels.map((level) => rounded(level, 4)),
      gapVariation: rounded(this.#rates.gapVariation, 3),
      input: distributionOf(this.#inputs),
      output: distributionOf(this.#outputs),
      ...(this.#maxima.count > 0 && {
        maxTokens: { share: rounded(this.#maxima.count / count, 4), size: distributionOf(this.#maxima) },
      }),
      models: this.#models.shares,
      tenants: this.#tenants.shares,
    };
  }
}

/** Every percent, and the tail more closely. */
const shares: readonly number[] = [
  ...Array.from({ length: 100 }, (_, percent) => percent / 100),
  0.995,
  0.999,
  0.9999,
  1,
];

function distributionOf(sizes: TokenHistogram): SizeDistribution {
  const values = sizes.quantiles(shares);
  const points = shares.map((share, place): [number, number] => [share, values[place] ?? 0]);
  // Between two points of one value a third says nothing.
  const kept = points.filter(
    ([, value], place) => value !== points[place - 1]?.[1] || value !== points[place + 1]?.[1],
  );
  return { kind: "quantiles", mean: rounded(sizes.mean, 2), p95: sizes.quantile(0.95), points: kept };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
