import type { Outcome } from "./outcome.ts";
import { accounts, type RealRun } from "./scene.ts";
import { shardrock } from "./shardrock.ts";

/** The median of a plan's runs, and how far they are apart. */
export interface Forecast {
  readonly typical: Outcome;
  readonly least: Outcome;
  readonly most: Outcome;
}

/** What `shardrock plan` says of the very files that a real run was made from, which is all that it knows of it. @param seeds - how often it plays them. */
export async function forecastOf({ folder, limiter }: RealRun, seeds: number): Promise<Forecast> {
  const printed = await shardrock(
    folder, "plan", "--config", "router.yaml", "--trace", "calls.csv", "--limiters", limiter, "--seeds", `${seeds}`, "--json",
  ); // prettier-ignore
  const { loads } = JSON.parse(printed) as PlanJson;
  const [load] = loads;
  if (load === undefined) throw new Error("the plan tells of no load");
  return { typical: outcomeOf(load, "typical"), least: outcomeOf(load, "least"), most: outcomeOf(load, "most") };
}

function outcomeOf({ case: planned }: PlannedLoad, which: keyof Spread): Outcome {
  const { served, refused, lost, throttled, waits, quotas } = planned;
  const tokens = quotas.filter(({ unit }) => unit === "tokens");
  return {
    served: served[which],
    refused: refused[which],
    failed: lost[which],
    throttled: throttled[which],
    waits: { p50: waits.p50[which], p95: waits.p95[which], p99: waits.p99[which] },
    utilisation: accounts.map(
      ({ id }) => tokens.find(({ accountId }) => accountId === id)?.utilisation[which] ?? Number.NaN,
    ),
  };
}

/** As much of the plan's JSON as is compared. */
interface PlanJson {
  readonly loads: readonly PlannedLoad[];
}

interface PlannedLoad {
  readonly case: {
    readonly served: Spread;
    readonly refused: Spread;
    readonly lost: Spread;
    readonly throttled: Spread;
    readonly waits: Readonly<Record<"p50" | "p95" | "p99", Spread>>;
    readonly quotas: readonly { readonly accountId: string; readonly unit: string; readonly utilisation: Spread }[];
  };
}

interface Spread {
  readonly typical: number;
  readonly least: number;
  readonly most: number;
}
