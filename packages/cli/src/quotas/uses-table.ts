import type { SharedBookView } from "@shardrock/redis";
import type { CommandContext } from "../command-line/command-context.ts";
import { plainTable } from "../doctor/plain-table.ts";
import type { PlaceQuotas } from "./place-quotas.ts";
import type { QuotaUse } from "./quota-use.ts";

/** The book that was looked into, and where; undefined: none. */
export type ShownBook = (SharedBookView & { readonly realm: string; readonly place: string }) | undefined;

const idle =
  "idle book: this process makes no calls, so all use is that of others, as CloudWatch counted it in the last hour, 5 to 15 minutes late";

type Colors = CommandContext["colors"];

/** Limits and use for people, the least headroom first. */
export function usesTable(
  places: readonly PlaceQuotas[],
  book: ShownBook,
  { colors }: { readonly colors: Colors },
): string {
  const uses = places.flatMap((place) => place.uses).toSorted((one, other) => leftOf(one) - leftOf(other));
  const columns = [...nameColumns, ...(book === undefined ? [] : bookColumns), ...countedColumns];
  const rows = uses.map((use) => columns.map(({ cell }) => cell(use, colors)));
  const unmapped = places.flatMap(({ place, unmapped }) =>
    unmapped.map(({ row, reason }) => [place.accountId, place.region, row.code, row.name, reason]),
  );
  const unlike = book === undefined ? [] : uses.flatMap(otherLimit);
  return [
    book === undefined ? idle : sharedTitle(book),
    plainTable(
      columns.map(({ head }) => head),
      rows,
      colors,
    ),
    ...(unlike.length === 0 ? [] : [unlike.join("\n")]),
    ...(unmapped.length === 0
      ? []
      : [plainTable(["account", "region", "code", "not understood, and not used", "why"], unmapped, colors)]),
  ].join("\n\n");
}

function sharedTitle({ realm, place, isThere, processes }: NonNullable<ShownBook>): string {
  if (!isThere) {
    return `the store at ${place} holds nothing of realm ${realm}: no router has used it there, or its routers have another realm or database`;
  }
  const who = processes === 1 ? "1 process" : `${processes} processes`;
  return (
    `shared book of realm ${realm} at ${place}, ${who}: booked and left are of this minute; busiest, drift and throttles are ` +
    "as CloudWatch counted them in the last hour, 5 to 15 minutes late; drift is what it counted beyond the fleet's own use"
  );
}

interface Column {
  readonly head: string;
  readonly cell: (use: QuotaUse, colors: Colors) => string;
}

const nameColumns: readonly Column[] = [
  { head: "account", cell: ({ accountId }) => accountId },
  { head: "region", cell: ({ region }) => region },
  { head: "model", cell: ({ baseModelId }) => baseModelId },
  { head: "scope", cell: ({ endpoint, scope }) => (endpoint === "mantle" ? "mantle" : scope) },
  { head: "per minute", cell: ({ unit }) => words[unit] },
  { head: "limit", cell: ({ limit }, colors) => (limit === 0 ? colors.red("0, on hold") : shown(limit)) },
  { head: "from", cell: ({ from }) => from },
];

const bookColumns: readonly Column[] = [
  { head: "booked", cell: ({ shared }) => shown(shared?.booked) },
  { head: "left", cell: ({ shared }, colors) => painted(shared?.headroom, colors) },
  { head: "drift", cell: ({ shared }) => shown(shared?.drift) },
];

const countedColumns: readonly Column[] = [
  { head: "busiest", cell: ({ peakPerMinute }) => shown(peakPerMinute) },
  { head: "headroom", cell: ({ headroom }, colors) => painted(headroom, colors) },
  { head: "throttles", cell: ({ throttles }) => shown(throttles) },
];

/** Routers that go by another number than AWS applies are worth a line. */
function otherLimit(use: QuotaUse): readonly string[] {
  const { accountId, region, baseModelId, unit, limit, from, shared } = use;
  if (shared === undefined || limit === undefined || from === "config" || Math.round(shared.published) === limit)
    return [];
  const what = `${accountId} ${region} ${baseModelId}, ${words[unit]}`;
  return [`${what}: the routers go by ${shown(shared.published)} a minute, and AWS's ${from} limit is ${shown(limit)}`];
}

const words = { tokens: "tokens", requests: "requests", inputTokens: "input tokens", outputTokens: "output tokens" };

/** On hold counts as nothing left; what nobody knows comes last. */
function leftOf({ limit, headroom, shared }: QuotaUse): number {
  return limit === 0 ? -1 : Math.min(headroom ?? 2, shared?.headroom ?? 2);
}

function painted(headroom: number | undefined, colors: Colors): string {
  if (headroom === undefined) return "-";
  const text = `${Math.floor(headroom * 100)} %`;
  return headroom < 0.1 ? colors.red(text) : headroom < 0.3 ? colors.yellow(text) : text;
}

function shown(value: number | undefined): string {
  return value === undefined ? "-" : Math.round(value).toLocaleString("en-US");
}
