import { type Config, openRouter } from "@shardrock/core";
import type { LimiterKind } from "@shardrock/simulator";
import { modelNames } from "../simulation/model-names.ts";
import { simulate } from "../simulation/simulate.ts";
import type { SimulationReport } from "../simulation/simulation-report.ts";
import type { TraceCall } from "../traces/trace-call.ts";
import { type MaxTokensRule, withMaxTokens } from "./max-tokens.ts";
import { planCase } from "./plan-case.ts";
import type { PlanCase, RunGrid } from "./plan-report.ts";
import { meetsSlo, type Slo } from "./slo.ts";
import type { TrafficSource } from "./traffic-source.ts";

export interface PlannerOptions {
  readonly traffic: TrafficSource;
  readonly grid: RunGrid;
  readonly slo: Slo | undefined;
  readonly signal: AbortSignal;
  /** Told of each call that was played. @param calls - since the last time. */
  readonly onCalls?: ((calls: number) => void) | undefined;
}

/** What is played. */
export interface Setting {
  readonly config: Config;
  /** Times the traffic as given; 1 unless told. */
  readonly growth?: number | undefined;
  /** `as given` unless told. */
  readonly maxTokens?: MaxTokensRule | undefined;
}

/** A case and what it was made from. */
export interface PlayedCase {
  readonly case: PlanCase;
  readonly reports: readonly SimulationReport[];
}

interface Spot {
  readonly seed: number;
  readonly limiter: LimiterKind;
}

/** Plays settings, by every seed and limiter of the grid. */
export class Planner {
  readonly #options: PlannerOptions;
  /** Those at which something missed the SLO come first, so that what is not enough is found out early. */
  #hardestFirst: readonly Spot[];
  readonly #spots: readonly Spot[];

  constructor(options: PlannerOptions) {
    const { seeds, limiters } = options.grid;
    this.#options = options;
    this.#spots = limiters.flatMap((limiter) => seeds.map((seed) => ({ seed, limiter })));
    this.#hardestFirst = this.#spots.toReversed();
  }

  /** All runs of a setting. @param seeds - how many of the seeds; all unless told. */
  async play(name: string, setting: Setting, seeds: number = this.#options.grid.seeds.length): Promise<PlayedCase> {
    const reports: SimulationReport[] = [];
    const wanted = new Set(this.#options.grid.seeds.slice(0, seeds));
    for (const spot of this.#spots) if (wanted.has(spot.seed)) reports.push(await this.#run(setting, spot));
    return { case: this.caseOf(name, reports), reports };
  }

  /** What runs that were played amount to. @param reports - at least one. */
  caseOf(name: string, reports: readonly SimulationReport[]): PlanCase {
    return planCase(name, reports, this.#options.slo);
  }

  /** Whether all runs meet the SLO; stops at the first that does not. */
  async isEnough(setting: Setting): Promise<boolean> {
    const { slo } = this.#options;
    if (slo === undefined) return true;
    for (const spot of this.#hardestFirst) {
      if (meetsSlo(slo, await this.#run(setting, spot))) continue;
      this.#hardestFirst = [spot, ...this.#hardestFirst.filter((each) => each !== spot)];
      return false;
    }
    return true;
  }

  async #run({ config, growth = 1, maxTokens = "as given" }: Setting, spot: Spot): Promise<SimulationReport> {
    const { traffic, signal, onCalls } = this.#options;
    signal.throwIfAborted();
    let told = 0;
    const given = traffic.calls(spot.seed, growth);
    const calls = maxTokens === "as given" ? given : changed(given, config, maxTokens);
    const report = await simulate({
      ...spot,
      config,
      calls,
      signal,
      onProgress: (progress) => {
        onCalls?.(progress.calls - told);
        told = progress.calls;
      },
    });
    onCalls?.(report.offered - told);
    return report;
  }
}

async function* changed(
  calls: AsyncIterable<TraceCall> | Iterable<TraceCall>,
  config: Config,
  rule: MaxTokensRule,
): AsyncGenerator<TraceCall> {
  using open = openRouter({ ...config, instances: 1 });
  const { fleet } = open;
  const modelOf = modelNames(fleet);
  const isFilled = config.maxTokens.unset === "learned";
  for await (const call of calls) {
    const maximum = fleet.models.get(modelOf(call) ?? "")?.maxOutputTokens ?? call.outputTokens;
    yield withMaxTokens(call, rule, isFilled ? undefined : maximum);
  }
}
