import type { Findings, FoundCeilingOf, FoundId, MinuteUnit, QuotaPlace } from "@shardrock/core";
import { nameOfModel } from "./model-names.ts";
import type { ProfileRow } from "../reader/aws-reader.ts";
import { placeKey } from "../reader/place-key.ts";
import type { KnownPlace } from "./known-place.ts";
import { slotKey } from "./quota-index.ts";
import { rampedAt } from "./ramp.ts";

/** How old quotas may be. */
export interface AgeRule {
  readonly nowMs: number;
  /** Older ones are no longer trusted in full. */
  readonly maxQuotaAgeMs: number;
  /** Processes that share them; each needs a whole request a minute, or the target is not used at all. */
  readonly instances: number;
}

/** What is used of quotas that could not be read for too long. */
export const staleShare = 0.8;

/** Whether quotas that were read then are too old now. */
export function isStale(readAtMs: number, { nowMs, maxQuotaAgeMs }: Omit<AgeRule, "instances">): boolean {
  return nowMs - readAtMs > maxQuotaAgeMs;
}

/**
 * How long AWS's word on where a profile may run is believed, in ms: a week is time enough to mend a role, and AWS adds
 * Regions to profiles rarely. A longer `maxQuotaAgeMs` says that more is wanted.
 */
const destinationsMs = 7 * 86_400_000;

/** `old`: too old by `maxQuotaAgeMs`, and still believed. `unknown`: believed no more. */
export type DestinationsAge = "fresh" | "old" | "unknown";

/** How old it is what profiles are said to reach. */
export function destinationsAge(
  readAtMs: number,
  { nowMs, maxQuotaAgeMs }: Omit<AgeRule, "instances">,
): DestinationsAge {
  if (!isStale(readAtMs, { nowMs, maxQuotaAgeMs })) return "fresh";
  return nowMs - readAtMs > Math.max(destinationsMs, maxQuotaAgeMs) ? "unknown" : "old";
}

/** What is known of all places at one time, for the router. */
export function foundFindings(known: ReadonlyMap<string, KnownPlace>, age: AgeRule): Findings {
  const at = (place: QuotaPlace): KnownPlace | undefined => known.get(placeKey(place));
  return {
    ceiling: (unit, of) => ceilingIn(at(of), { unit, of, age }),
    destinations: (modelId, place) => destinationsIn(at(place), modelId, age),
    idsOf: (model, place) => idsIn(model, at(place)),
  };
}

/** What AWS applies, as it was told last; undefined: not known. */
export function publishedIn(
  known: KnownPlace | undefined,
  unit: MinuteUnit,
  of: Omit<FoundCeilingOf, "accountId" | "region">,
): number | undefined {
  if (known?.quotas === undefined || of.scope === "dedicated") return undefined;
  const { published, isOnHold } = known.quotas.index;
  // Also of a model nobody can name: no model is left out of the account's day.
  if (isOnHold && of.endpoint === "runtime" && unit === "tokens") return 0;
  return published.get(slotKeyOf(unit, of) ?? "");
}

/** Whether the limit is AWS's default, which nobody applied to the account. */
export function isUnconfirmed(
  known: KnownPlace,
  unit: MinuteUnit,
  of: Omit<FoundCeilingOf, "accountId" | "region">,
): boolean {
  return known.quotas?.index.unconfirmed.has(slotKeyOf(unit, of) ?? "") === true;
}

function slotKeyOf(unit: MinuteUnit, { endpoint, scope, baseModelId }: Omit<FoundCeilingOf, "accountId" | "region">) {
  const model = nameOfModel(baseModelId);
  return scope === "dedicated" || model === undefined ? undefined : slotKey({ endpoint, model, scope, unit });
}

interface CeilingQuestion {
  readonly unit: MinuteUnit;
  readonly of: FoundCeilingOf;
  readonly age: AgeRule;
}

function ceilingIn(known: KnownPlace | undefined, { unit, of, age }: CeilingQuestion): number | undefined {
  const published = publishedIn(known, unit, of);
  if (known?.quotas === undefined || published === undefined) return undefined;
  const { ramps, readAtMs } = known.quotas;
  const ramp = ramps.get(slotKeyOf(unit, of) ?? "");
  const value = ramp === undefined ? published : rampedAt(ramp, age.nowMs);
  if (!isStale(readAtMs, age)) return value;
  const least = unit === "requests" ? Math.min(value, age.instances) : 0;
  return Math.max(value * staleShare, least);
}

function destinationsIn(known: KnownPlace | undefined, modelId: string, age: AgeRule): readonly string[] | undefined {
  if (known?.profiles === undefined || destinationsAge(known.profiles.readAtMs, age) === "unknown") return undefined;
  return destinationsOf(profileOf(modelId, known));
}

/** A profile is asked for by its id, or by an ARN that ends with it. */
function profileOf(modelId: string, known: KnownPlace | undefined): ProfileRow | undefined {
  const id = modelId.split(":inference-profile/").at(-1);
  return known?.profiles?.rows.find((profile) => profile.id === id || profile.id === modelId);
}

const modelArn = /^arn:[a-z-]+:bedrock:([a-z0-9-]*)::foundation-model\/(.+)$/;

/** Sorted, so that another order is no change. An ARN without a Region is of anywhere: then nobody knows where. */
function destinationsOf(profile: ProfileRow | undefined): readonly string[] | undefined {
  const regions = profile?.modelArns.map((arn) => modelArn.exec(arn)?.[1] ?? "") ?? [];
  return regions.length === 0 || regions.includes("") ? undefined : [...new Set(regions)].toSorted();
}

/** Application profiles are the account's own affair: they are used where the config names them. */
function idsIn(model: string, known: KnownPlace | undefined): readonly FoundId[] {
  const name = nameOfModel(model);
  const ofModel = known?.profiles?.rows.filter((profile) => isProfileOf(model, profile)).map(({ id }) => id) ?? [];
  const isIn = (models: ReadonlySet<string> | undefined): boolean => name !== undefined && models?.has(name) === true;
  return [
    ...(isIn(known?.quotas?.index.onDemand) ? [{ id: model, endpoint: "runtime" } as const] : []),
    ...ofModel.toSorted().map((id) => ({ id, endpoint: "runtime" }) as const),
    ...(isIn(known?.quotas?.index.mantle) ? mantleIds(model) : []),
  ];
}

function isProfileOf(model: string, { type, isActive, modelArns }: ProfileRow): boolean {
  const isWhole = modelArns.length > 0 && modelArns.every((arn) => modelArn.exec(arn)?.[2] === model);
  return type === "system" && isActive && isWhole;
}

/**
 * Mantle's ids have no version: `openai.gpt-oss-120b-1:0` is `openai.gpt-oss-120b` there, and a colon is in none.
 * What is left must still name the same model.
 * Source: AWS, "Monitor bedrock-mantle", and bifrost's documentation (read 2026-11-22).
 */
function mantleIds(model: string): readonly FoundId[] {
  const id = model.replace(/-v\d+(:\d+)?$|-\d+:\d+$/, "");
  const isSame = nameOfModel(id) === nameOfModel(model);
  return isSame && !id.includes(":") ? [{ id, endpoint: "mantle" }] : [];
}
