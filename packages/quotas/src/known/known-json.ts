import type { ProfileRow } from "../reader/aws-reader.ts";
import type { KnownPlace } from "./known-place.ts";
import type { KnownRow } from "./known-row.ts";

/** What a file says of one place; times are ms since 1970. */
export interface FiledPlace {
  readonly accountId: string;
  readonly region: string;
  readonly quotas: { readonly rows: readonly KnownRow[]; readonly readAtEpochMs: number } | undefined;
  readonly profiles: { readonly rows: readonly ProfileRow[]; readonly readAtEpochMs: number } | undefined;
}

/** Another version is not read. */
const version = 1;

/** Turns times of the monotonic clock into ms since 1970. */
export type EpochOf = (monotonicMs: number) => number;

/** Of each code its name once, and of each place its values: 200 places of 600 rows are about 4 MB. */
export function fileText(places: Iterable<KnownPlace>, epochOf: EpochOf): string {
  const all = [...places];
  const rows = all.flatMap(({ quotas }) => quotas?.rows ?? []);
  const quotas = Object.fromEntries(
    rows.map(({ code, name, isAdjustable, isGlobal }) => [code, [name, isAdjustable, isGlobal]]),
  );
  return JSON.stringify({ version, quotas, places: all.map((known) => filed(known, epochOf)) });
}

function filed({ place, quotas, profiles }: KnownPlace, epochOf: EpochOf): object {
  return {
    ...place,
    quotas: quotas && {
      readAtEpochMs: epochOf(quotas.readAtMs),
      rows: quotas.rows.map(({ code, value, usual, isApplied }) => [code, value, usual ?? null, isApplied]),
    },
    profiles: profiles && {
      readAtEpochMs: epochOf(profiles.readAtMs),
      rows: profiles.rows.map(({ id, type, isActive, modelArns }) => [id, type, isActive, modelArns]),
    },
  };
}

/** @returns undefined where it is no such file, or any part of it is not as it was written: half of it could be wrong too. */
export function readFileText(text: string): readonly FiledPlace[] | undefined {
  const json = parsed(text);
  if (!isRecord(json) || json["version"] !== version || !isRecord(json["quotas"])) return undefined;
  const quotas = json["quotas"];
  return every(json["places"], (place) => readPlace(place, quotas));
}

type Fields = Readonly<Record<string, unknown>>;

function readPlace(json: unknown, names: Fields): FiledPlace | undefined {
  if (!isRecord(json)) return undefined;
  const { accountId, region } = json;
  if (typeof accountId !== "string" || !/^\d{12}$/.test(accountId)) return undefined;
  if (typeof region !== "string" || !/^[a-z0-9-]{1,32}$/.test(region)) return undefined;
  const quotas = readPart(json["quotas"], (row) => readQuota(row, names));
  const profiles = readPart(json["profiles"], readProfile);
  if (quotas === "damaged" || profiles === "damaged") return undefined;
  return { accountId, region, quotas, profiles };
}

interface Part<Row> {
  readonly rows: readonly Row[];
  readonly readAtEpochMs: number;
}

function readPart<Row>(json: unknown, readRow: (row: unknown) => Row | undefined): Part<Row> | undefined | "damaged" {
  if (json === undefined) return undefined;
  if (!isRecord(json) || !isAmount(json["readAtEpochMs"])) return "damaged";
  const rows = every(json["rows"], readRow);
  return rows === undefined ? "damaged" : { rows, readAtEpochMs: json["readAtEpochMs"] };
}

function readQuota(json: unknown, names: Fields): KnownRow | undefined {
  if (!Array.isArray(json)) return undefined;
  const [code, value, usual, isApplied]: unknown[] = json;
  if (typeof code !== "string" || !Object.hasOwn(names, code) || !isAmount(value)) return undefined;
  if (typeof isApplied !== "boolean" || !(usual === null || isAmount(usual))) return undefined;
  const named = names[code];
  if (!Array.isArray(named)) return undefined;
  const [name, isAdjustable, isGlobal]: unknown[] = named;
  if (typeof name !== "string" || typeof isAdjustable !== "boolean" || typeof isGlobal !== "boolean") return undefined;
  return { code, name, value, usual: usual ?? undefined, isApplied, isAdjustable, isGlobal };
}

function readProfile(json: unknown): ProfileRow | undefined {
  if (!Array.isArray(json)) return undefined;
  const [id, type, isActive, arns]: unknown[] = json;
  const modelArns = every(arns, (arn) => (typeof arn === "string" ? arn : undefined));
  if (typeof id !== "string" || typeof isActive !== "boolean" || modelArns === undefined) return undefined;
  return type === "system" || type === "application" ? { id, type, isActive, modelArns } : undefined;
}

function every<T>(json: unknown, read: (item: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const items: T[] = [];
  for (const item of json) {
    const value = read(item);
    if (value === undefined) return undefined;
    items.push(value);
  }
  return items;
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // whoever asked says that the file is damaged
  }
}
