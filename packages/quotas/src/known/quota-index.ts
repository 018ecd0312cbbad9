import type { MinuteUnit } from "@shardrock/core";
import { mapRows, type UnmappedRow } from "../mapping/map-rows.ts";
import type { Meaning, ModelMeaning } from "../mapping/meaning.ts";
import { meaningOf } from "../mapping/meaning-of.ts";
import type { QuotaRow } from "../reader/aws-reader.ts";
import type { KnownRow } from "./known-row.ts";

/** One minute quota of a model in a place. */
export interface Slot {
  readonly endpoint: "runtime" | "mantle";
  /** Its name, as in `ModelMeaning`. */
  readonly model: string;
  readonly scope: "on-demand" | "geo" | "global";
  readonly unit: MinuteUnit;
}

/** What the quotas of one place say. */
export interface QuotaIndex {
  /** What AWS applies to standard calls, in units a minute, by slot; 0: the account is on hold there. */
  readonly published: ReadonlyMap<string, number>;
  /** Slots that go by AWS's default, because nothing was applied to the account: it may have less. */
  readonly unconfirmed: ReadonlySet<string>;
  /** Whether the account may run no model on the runtime endpoint: its cross-model day is 0. */
  readonly isOnHold: boolean;
  /** Models that are, or but for a hold would be, called by their own id: on the runtime endpoint and on mantle. */
  readonly onDemand: ReadonlySet<string>;
  readonly mantle: ReadonlySet<string>;
  /** Rows that contradict each other, and how: which of them AWS enforces is not known. */
  readonly contradicting: readonly UnmappedRow<KnownRow>[];
}

/** Names a slot in maps. */
export function slotKey({ endpoint, model, scope, unit }: Slot): string {
  return `${familyKey({ endpoint, model, scope })}/${unit}`;
}

/** The rows that say what calls may take, which are the ones worth keeping. */
export function isOfInference({ kind }: Meaning): boolean {
  return kind === "model" || kind === "cross-model-day";
}

/**
 * What the rows of one place amount to. Rows for long context and low latency are not for standard calls. A row of a model
 * that is 0, be it of tokens, requests or a day, holds the model in that scope. Where rows contradict each other nothing is
 * published of that model and scope, its other units too: they alone would leave the doubtful one without any limit.
 */
export function quotaIndex(rows: readonly KnownRow[]): QuotaIndex {
  const read = rows.map((row) => ({ row, meaning: meaningOf(row) }));
  const models = read.flatMap(({ row, meaning }) => (isStandard(meaning) ? [{ row, meaning }] : []));
  const isOnHold = read.some(({ row, meaning }) => meaning.kind === "cross-model-day" && row.value === 0);
  const contradicting = mapRows(rows).unmapped;
  const published = new Map<string, number>();
  const unconfirmed = new Set<string>();
  for (const { row, slot } of agreeingSlots(models, new Set(contradicting.map(({ row }) => row)))) {
    const key = slotKey(slot);
    if (!row.isApplied) unconfirmed.add(key);
    published.set(key, isOnHold && slot.endpoint === "runtime" ? 0 : row.value);
  }
  const held = models.filter(({ row }) => row.value === 0).flatMap(({ meaning }) => familiesOf(meaning));
  for (const family of held) hold(published, family);
  const served = models.filter(({ row, meaning }) => meaning.window === "minute" && isGivenToAnyone(row));
  return {
    published,
    unconfirmed,
    isOnHold,
    onDemand: modelsOf(served, ({ endpoint, scope }) => endpoint === "runtime" && scope === "on-demand"),
    mantle: modelsOf(served, ({ endpoint }) => endpoint === "mantle"),
    contradicting,
  };
}

interface ReadRow {
  readonly row: KnownRow;
  readonly meaning: ModelMeaning;
}

function isStandard(meaning: Meaning): meaning is ModelMeaning {
  return meaning.kind === "model" && meaning.variant === "standard";
}

function agreeingSlots(
  models: readonly ReadRow[],
  contradicting: ReadonlySet<KnownRow>,
): readonly { readonly row: KnownRow; readonly slot: Slot }[] {
  const slots = models.flatMap(({ row, meaning }) => {
    const slot = slotOf(meaning);
    return slot === undefined ? [] : [{ row, slot }];
  });
  const doubted = new Set(slots.filter(({ row }) => contradicting.has(row)).map(({ slot }) => familyKey(slot)));
  return slots.filter(({ slot }) => !doubted.has(familyKey(slot)));
}

/** An account on hold has 0 where others have more. */
function isGivenToAnyone({ value, usual = 0 }: Pick<QuotaRow, "value"> & Pick<KnownRow, "usual">): boolean {
  return value > 0 || usual > 0;
}

function slotOf({ endpoint, model, scope, unit, window }: ModelMeaning): Slot | undefined {
  return window === "minute" && scope !== "regional" ? { endpoint, model, scope, unit } : undefined;
}

type Family = Omit<Slot, "unit">;

function familyKey({ endpoint, model, scope }: Family): string {
  return `${endpoint}/${model}/${scope}`;
}

/** A day of both scopes was one row: "doubled for cross-region calls". */
function familiesOf({ endpoint, model, scope }: ModelMeaning): readonly Family[] {
  const scopes = scope === "regional" ? (["on-demand", "geo"] as const) : [scope];
  return scopes.map((scope) => ({ endpoint, model, scope }));
}

/** All that is known of its minute becomes 0, and where nothing is, what admits a call. */
function hold(published: Map<string, number>, family: Family): void {
  const units = unitsOf(family.endpoint);
  const known = units.filter((unit) => published.has(slotKey({ ...family, unit })));
  for (const unit of known.length > 0 ? known : units.slice(0, 1)) published.set(slotKey({ ...family, unit }), 0);
}

/** First what a call is admitted by. */
function unitsOf(endpoint: Family["endpoint"]): readonly MinuteUnit[] {
  return endpoint === "mantle" ? ["inputTokens", "outputTokens"] : ["tokens", "requests"];
}

function modelsOf(rows: readonly ReadRow[], isWanted: (meaning: ModelMeaning) => boolean): ReadonlySet<string> {
  return new Set(rows.filter(({ meaning }) => isWanted(meaning)).map(({ meaning }) => meaning.model));
}
