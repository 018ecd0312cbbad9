import { type Config, type Fleet, type QuotaPlace, type ReachableTarget } from "@shardrock/core";
import {
  type AwsReader,
  type IncreaseQuota,
  increaseQuotas,
  type MappedRows,
  mapRows,
  minuteRow,
  minuteUnits,
  type UnmappedRow,
  type UsageQuery,
} from "@shardrock/quotas";
import { type AskingAgain, askedAgain } from "../doctor/asked-again.ts";
import { allPages, type KnownQuotaRow } from "../doctor/place-facts.ts";
import { servedHere, type ServedHere } from "../doctor/served-here.ts";
import { grouped } from "../grouped.ts";
import { configuredLimit, type PlacedQuota } from "./configured-limit.ts";
import { countedOf, headroomOf, type QuotaUse, sumOf } from "./quota-use.ts";

/** Everything about the quotas of one account and Region. */
export interface PlaceQuotas {
  readonly place: QuotaPlace;
  readonly uses: readonly QuotaUse[];
  readonly unmapped: readonly UnmappedRow<KnownQuotaRow>[];
  /** As a plan for more takes them. */
  readonly quotas: readonly IncreaseQuota[];
}

export interface PlaceQuotasReading extends AskingAgain {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly targets: readonly ReachableTarget[];
  readonly reader: AwsReader;
}

/** How far back use is looked at, in ms. */
const lookBackMs = 3_600_000;

/** Reads a place, in four kinds of questions that wait for nobody but those they need. */
export async function placeQuotas(place: QuotaPlace, reading: PlaceQuotasReading): Promise<PlaceQuotas> {
  const { reader, signal, targets } = reading;
  const pages = { place, signal };
  const [applied, defaults, profiles] = await Promise.all([
    allPages((page) => askedAgain(() => reader.appliedQuotas({ ...pages, page }), reading)),
    allPages((page) => askedAgain(() => reader.defaultQuotas({ ...pages, page }), reading)),
    allPages((page) => askedAgain(() => reader.profiles({ ...pages, page }), reading)),
  ]);
  const codes = new Set(applied.map(({ code }) => code));
  const rows = mapRows([
    ...applied.map((row): KnownQuotaRow => ({ ...row, isApplied: true })),
    ...defaults.filter(({ code }) => !codes.has(code)).map((row): KnownQuotaRow => ({ ...row, isApplied: false })),
  ]);
  const served = servedHere(targets, place, { profiles, rows }).filter(({ scope }) => scope !== "dedicated");
  const uses = await usesOf(place, { ...reading, served, rows });
  return { place, uses, unmapped: rows.unmapped, quotas: increaseQuotas(place, { applied, defaults }) };
}

interface UsesReading extends PlaceQuotasReading {
  readonly served: readonly ServedHere[];
  readonly rows: MappedRows<KnownQuotaRow>;
}

async function usesOf(place: QuotaPlace, reading: UsesReading): Promise<readonly QuotaUse[]> {
  const { served, reader, clock, signal } = reading;
  const queries = served.flatMap(({ endpoint, modelId }) =>
    [...minuteUnits[endpoint], ...(endpoint === "runtime" ? (["throttles"] as const) : [])].map(
      (metric): UsageQuery => ({
        endpoint,
        modelId,
        metric,
      }),
    ),
  );
  const untilMs = Math.floor(clock.epochMs() / 60_000) * 60_000;
  const span = { fromMs: untilMs - lookBackMs, untilMs };
  const series =
    queries.length === 0 ? [] : await askedAgain(() => reader.usage(queries, span, { place, signal }), reading);
  const quotas = grouped(served, ({ baseModelId, endpoint, scope }) => [baseModelId, endpoint, scope].join());
  return [...quotas.values()].flatMap((ids) => {
    const [first] = ids;
    if (first === undefined || first.scope === "dedicated") return [];
    const { baseModelId, endpoint, scope } = first;
    const isTheirs = (query: UsageQuery): boolean =>
      query.endpoint === endpoint && ids.some(({ modelId }) => modelId === query.modelId);
    const throttles =
      endpoint === "runtime" ? sumOf(series, (query) => isTheirs(query) && query.metric === "throttles") : undefined;
    return minuteUnits[endpoint].map((unit): QuotaUse => {
      const quota = { ...place, baseModelId, endpoint, scope, unit };
      const { limit, from } = limitOf(quota, reading);
      const counted = countedOf(series, (query) => isTheirs(query) && query.metric === unit);
      const peakPerMinute = counted.size === 0 ? undefined : Math.max(...counted.values());
      const headroom = headroomOf(limit, peakPerMinute);
      return { ...quota, limit, from, counted, peakPerMinute, headroom, throttles, shared: undefined };
    });
  });
}

function limitOf(asked: PlacedQuota, { rows, fleet, config }: UsesReading): Pick<QuotaUse, "limit" | "from"> {
  const found = minuteRow(rows, asked);
  if (found !== undefined) return { limit: found.row.value, from: found.row.isApplied ? "applied" : "default" };
  const limit = configuredLimit(asked, { fleet, config });
  return { limit, from: limit === undefined ? "unknown" : "config" };
}
