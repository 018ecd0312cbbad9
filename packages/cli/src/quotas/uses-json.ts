import type { Json } from "@shardrock/core";
import type { PlaceQuotas } from "./place-quotas.ts";
import type { QuotaUse } from "./quota-use.ts";
import type { ShownBook } from "./uses-table.ts";

/** Limits and use for programs; `null` where something is not known. */
export function usesJson(places: readonly PlaceQuotas[], book: ShownBook): { readonly [name: string]: Json } {
  const whose = book && { realm: book.realm, store: book.place, isThere: book.isThere, processes: book.processes };
  return { book: book === undefined ? "idle" : "shared", ...whose, places: places.map(placeJson) };
}

function placeJson({ place, uses, unmapped }: PlaceQuotas): Json {
  return {
    accountId: place.accountId,
    region: place.region,
    quotas: uses.map(useJson),
    unmapped: unmapped.map(({ row, reason }) => ({ code: row.code, name: row.name, value: row.value, reason })),
  };
}

function useJson(use: QuotaUse): Json {
  const { baseModelId, endpoint, scope, unit, limit, from, peakPerMinute, headroom, throttles, shared } = use;
  return {
    model: baseModelId,
    endpoint,
    scope,
    unit,
    limitPerMinute: limit ?? null,
    from,
    peakPerMinute: peakPerMinute ?? null,
    headroom: headroom ?? null,
    throttles: throttles ?? null,
    shared: shared === undefined ? null : sharedJson(shared),
  };
}

function sharedJson({ booked, open, free, limit, headroom, drift }: NonNullable<QuotaUse["shared"]>): Json {
  return { booked, open, free, limitPerMinute: limit, headroom, driftPerMinute: drift ?? null };
}
