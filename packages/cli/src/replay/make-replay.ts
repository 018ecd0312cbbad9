import type { Config } from "@shardrock/core";
import { assumptionsOf, sloAssumptions, warningsOf } from "../plan/assumptions.ts";
import { configFacts } from "../plan/config-facts.ts";
import { factsOf } from "../plan/make-plan.ts";
import { withDetail } from "../plan/plan-case.ts";
import type { ReplayReport, RunGrid } from "../plan/plan-report.ts";
import { Planner } from "../plan/planner.ts";
import { saySlo, type Slo } from "../plan/slo.ts";
import type { TrafficSource } from "../plan/traffic-source.ts";
import { differencesOf } from "./differences.ts";

export interface NamedConfig {
  /** As it was typed. */
  readonly name: string;
  readonly config: Config;
}

export interface ReplayQuestion {
  readonly configs: readonly [NamedConfig, NamedConfig];
  readonly source: TrafficSource;
  readonly grid: RunGrid;
  readonly slo: Slo | undefined;
  readonly signal: AbortSignal;
  /** Told how many calls were played, and of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Plays the same runs under both. @throws {UsageError} when no call means a model of one of them. */
export async function makeReplay(question: ReplayQuestion): Promise<ReplayReport> {
  const { configs, source, grid, slo, signal, onProgress } = question;
  const [first, second] = configs;
  const facts = await factsOf({ config: first.config, source, grid });
  const others = await factsOf({ config: second.config, source, grid });
  const total = facts.traffic.calls * grid.seeds.length * grid.limiters.length * 2;
  let done = 0;
  const onCalls = (calls: number): void => onProgress?.((done += calls), total);
  const planner = new Planner({ traffic: source, grid, slo, signal, onCalls });
  const one = await planner.play(first.name, { config: first.config });
  const other = await planner.play(second.name, { config: second.config });
  const planned = [configFacts(first.config, first.name), configFacts(second.config, second.name)] as const;
  const assumed = { grid, traffic: facts.traffic, sourceAssumes: source.assumes };
  const assumptions = [first.config, second.config].flatMap((config) => assumptionsOf({ ...assumed, config }));
  const warnings = [
    ...warningsOf(planned[0], facts.traffic, facts.unknown),
    ...warningsOf(planned[1], others.traffic, others.unknown),
  ];
  return {
    kind: "replay",
    configs: planned,
    traffic: facts.traffic,
    grid,
    slo: slo === undefined ? null : saySlo(slo),
    cases: [withDetail(one.case, one.reports), withDetail(other.case, other.reports)],
    differences: differencesOf(one.reports, other.reports),
    assumptions: [...new Set([...assumptions, ...(slo === undefined ? [] : sloAssumptions.slice(0, 1))])],
    warnings: [...new Set(warnings)],
  };
}
