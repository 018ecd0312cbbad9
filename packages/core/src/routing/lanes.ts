import type { CallRequest } from "./call.ts";
import type { HardRules } from "./eligibility.ts";

/** Pools whose lane is remembered at once. */
const mostRemembered = 1_000;

/** Names the lane of each call: those for one model under one set of rules wait together. */
export class Lanes {
  /** Of calls without rules of their own, by pool: mostly all are. */
  readonly #plain = new Map<string, string>();
  #regions: readonly string[] | undefined;

  /** @param rules - those of the call and of its router. */
  of(request: CallRequest, rules: HardRules): string {
    const { pool, lane, pin } = request;
    const isPlain = pin === undefined && lane === undefined && request.allowedRegions === undefined;
    if (!isPlain) return nameOf(request, rules);
    if (rules.allowedRegions !== this.#regions || this.#plain.size >= mostRemembered) {
      this.#plain.clear();
      this.#regions = rules.allowedRegions;
    }
    const known = this.#plain.get(pool);
    if (known !== undefined) return known;
    const name = nameOf(request, rules);
    this.#plain.set(pool, name);
    return name;
  }
}

function nameOf({ pool, lane = "" }: CallRequest, { allowedRegions, pin }: HardRules): string {
  const pinned = pin === undefined ? "" : `${pin.accountId}/${pin.region ?? ""}`;
  return `${pool}|${lane}|${allowedRegions?.toSorted().join(",") ?? ""}|${pinned}`;
}
