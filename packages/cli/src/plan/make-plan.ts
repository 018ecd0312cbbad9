import { type Config, openRouter } from "@shardrock/core";
import { UsageError } from "../command-line/usage-error.ts";
import { modelNames } from "../simulation/model-names.ts";
import type { SimulationReport } from "../simulation/simulation-report.ts";
import { accountsAnswer } from "./accounts-answer.ts";
import { withLimits } from "./altered-config.ts";
import { assumptionsOf, growthAssumption, sloAssumptions, warningsOf } from "./assumptions.ts";
import { configFacts } from "./config-facts.ts";
import { increaseForms } from "./increase-form.ts";
import { withDetail } from "./plan-case.ts";
import type { IncreaseForm, PlannedLoad, PlanReport, Raise, RunGrid } from "./plan-report.ts";
import { type PlayedCase, Planner } from "./planner.ts";
import { raisesAnswer } from "./raises-answer.ts";
import { saySlo, type Slo } from "./slo.ts";
import { trafficFacts, type TrafficFacts } from "./traffic-facts.ts";
import type { TrafficSource } from "./traffic-source.ts";
import { playWhatIfs } from "./what-ifs.ts";

export interface PlanQuestion {
  readonly config: Config;
  /** As it was typed; undefined: of AWS's defaults. */
  readonly configName: string | undefined;
  readonly source: TrafficSource;
  readonly grid: RunGrid;
  readonly slo: Slo | undefined;
  /** Besides the traffic as given. */
  readonly growth: readonly number[];
  readonly mostAccounts: number;
  /** False: nothing is searched. */
  readonly isSearched: boolean;
  readonly signal: AbortSignal;
  /** Told how many calls were played, and how many there may be. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Plays all of it. @throws {UsageError} when no call means a model of the config. */
export async function makePlan(question: PlanQuestion): Promise<PlanReport> {
  const { config, source, grid, slo } = question;
  const facts = await factsOf(question);
  const planner = new Planner({ ...question, traffic: source, onCalls: meter(question, facts.traffic.calls) });
  const loads: LoadPlan[] = [];
  for (const growth of [1, ...question.growth]) loads.push(await planLoad(planner, question, growth));
  const [now] = loads;
  const whatIfs = await playWhatIfs(planner, config, now?.reports ?? []);
  const planned = configFacts(config, question.configName);
  return {
    kind: "plan",
    config: planned,
    traffic: facts.traffic,
    grid,
    slo: slo === undefined ? null : saySlo(slo),
    loads: loads.map(({ load }) => load),
    whatIfs: whatIfs.cases,
    increase: loads.at(-1)?.forms ?? [],
    assumptions: [
      ...assumptionsOf({ config, grid, traffic: facts.traffic, sourceAssumes: source.assumes }),
      ...(slo === undefined ? [] : sloAssumptions.slice(0, question.isSearched ? 2 : 1)),
      ...(question.growth.length === 0 ? [] : [growthAssumption]),
    ],
    warnings: [...warningsOf(planned, facts.traffic, facts.unknown), ...mantleWarning(config), ...whatIfs.omitted],
  };
}

/** Counts the traffic, and sees whether it is meant for the config. */
export async function factsOf({
  config,
  source,
  grid,
}: Pick<PlanQuestion, "config" | "source" | "grid">): Promise<TrafficFacts> {
  using open = openRouter({ ...config, instances: 1 });
  const facts = await trafficFacts(source, grid.seeds[0] ?? 1, modelNames(open.fleet));
  const { traffic, unknown, unknownNames } = facts;
  if (traffic.calls === 0) throw new UsageError("the traffic has no calls: make it longer, or faster");
  if (unknown < traffic.calls) return facts;
  const has = [...config.models.keys()].join(", ");
  const named = unknownNames.map((name) => name ?? "none").join(", ");
  throw new UsageError(
    `no call means a model of the config: calls name ${named}, and the config has ${has}. --model says which, where calls are made up`,
  );
}

/** Source: AWS, "Quotas for the bedrock-mantle endpoint" (read 2026-11-22). */
function mantleWarning({ models }: Config): readonly string[] {
  const isUsed = [...models.values()].some(({ servedBy }) => servedBy.some(({ endpoint }) => endpoint === "mantle"));
  return isUsed
    ? ["AWS raises quotas of the mantle endpoint through a support case alone: they are not in what its form asks for."]
    : [];
}

interface LoadPlan {
  readonly load: PlannedLoad;
  readonly forms: readonly IncreaseForm[];
  /** Of the config as it is. */
  readonly reports: readonly SimulationReport[];
}

async function planLoad(planner: Planner, question: PlanQuestion, growth: number): Promise<LoadPlan> {
  const { config, slo, isSearched, mostAccounts } = question;
  const name = growth === 1 ? "as it is" : `${growth} times the traffic`;
  const played = await planner.play(name, { config, growth });
  const { reports } = played;
  const shown = growth === 1 ? withDetail(played.case, played.reports) : played.case;
  if (slo === undefined || !isSearched) {
    const load: PlannedLoad = { growth, case: shown, accounts: null, raises: null };
    return { load, reports, forms: await formsOf(planner, { config, growth, played, raises: [] }) };
  }
  const most = Math.max(mostAccounts, config.accounts.length);
  const accounts = await accountsAnswer(planner, { config, growth, most });
  const found = await raisesAnswer(planner, { config, growth, played });
  const load: PlannedLoad = { growth, case: shown, accounts, raises: found.answer };
  const raises = found.answer.raises ?? [];
  return { load, reports, forms: await formsOf(planner, { config, growth, played: found.played, raises }) };
}

interface FormQuestion {
  readonly config: Config;
  readonly growth: number;
  readonly played: PlayedCase;
  readonly raises: readonly Raise[];
}

/** So much that no quota is felt. */
const ample = 1_000;

/** What calls would take if all were served: where some are not, they are played once more with ample quotas. */
async function formsOf(
  planner: Planner,
  { config, growth, played, raises }: FormQuestion,
): Promise<readonly IncreaseForm[]> {
  const limits = new Map(played.case.quotas.map(({ key, limit }) => [key, limit]));
  const isServed = played.case.served.least > 0.999;
  const setting = { config: withLimits(config, (_, limit) => limit * ample), growth };
  const wanted = isServed ? played : await planner.play("ample quotas", setting, 1);
  const { detail } = withDetail(wanted.case, wanted.reports);
  return detail === null ? [] : increaseForms(detail, { limits, raises });
}

/** Tells progress against a total that nobody knows: a search takes as long as it takes. */
function meter({ growth, grid, slo, isSearched, onProgress }: PlanQuestion, calls: number): (count: number) => void {
  const runs = grid.seeds.length * grid.limiters.length;
  const perLoad = slo === undefined || !isSearched ? runs : runs * 7;
  const load = [1, ...growth].reduce((sum, factor) => sum + factor * perLoad, 0);
  const total = calls * (load + grid.limiters.length * 5);
  let done = 0;
  return (count) => {
    done += count;
    onProgress?.(done, Math.max(total, done * 1.1));
  };
}
