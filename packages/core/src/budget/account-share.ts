import { dayWindowMs } from "./quota.ts";
import type { Target } from "./target.ts";

/** The minute quotas of one model, unit and window: their keys, by account. */
export type AccountKeys = ReadonlyMap<string, readonly string[]>;

/** How much of each model's traffic one account may take. */
export interface AccountShare {
  /** Above 0 up to 1; 1 caps nothing. */
  readonly share: number;
  /** Each a model's, unit's and window's. A quota may be in several: then its lowest ceiling counts. */
  readonly pools: readonly AccountKeys[];
}

/** The pools of one model, by its targets. Day quotas are left alone; a quota of several targets counts once. */
export function minutePools(targets: readonly Target[]): readonly AccountKeys[] {
  const pools = new Map<string, Map<string, string[]>>();
  for (const { accountId, quotas } of targets) {
    for (const { key, unit, windowMs } of quotas) {
      if (windowMs >= dayWindowMs) continue;
      const accounts = pools.get(`${unit}/${windowMs}`) ?? new Map<string, string[]>();
      pools.set(`${unit}/${windowMs}`, accounts);
      const keys = accounts.get(accountId) ?? [];
      accounts.set(accountId, keys);
      if (!keys.includes(key)) keys.push(key);
    }
  }
  return [...pools.values()];
}

/**
 * The most each quota may carry, in units per window, so that no account carries more than its share of what all of a pool
 * carry together. It may lie above the limit: a limit may be learned to be larger. An account's quotas are scaled alike.
 * @param limitOf - units per window, 0 where the account is on hold: then it counts for nothing.
 * @returns by key; a quota that is not in it is not capped.
 */
export function shareCeilings(
  { share, pools }: AccountShare,
  limitOf: (key: string) => number,
): ReadonlyMap<string, number> {
  const ceilings = new Map<string, number>();
  if (share >= 1) return ceilings;
  for (const pool of pools) {
    for (const [key, most] of ceilingsIn(pool, { share, limitOf })) {
      ceilings.set(key, Math.min(ceilings.get(key) ?? Number.POSITIVE_INFINITY, most));
    }
  }
  return ceilings;
}

/**
 * What each of some totals is cut to when it is larger, so that none is more than a share of the sum of what is left: the
 * largest such level. With k totals cut to a level L and the others summing up to R, L = share × (k L + R). Totals of 0 do
 * not count; where too few are left for the share to be kept, they are all to be alike.
 * @param share - above 0 up to 1.
 */
export function largestTotal(totals: readonly number[], share: number): number {
  const ascending = totals.filter((total) => total > 0).sort((one, other) => one - other);
  const sums = sumsUpTo(ascending);
  const feasible = Math.max(share, 1 / ascending.length);
  for (let cut = 0; cut < ascending.length; cut += 1) {
    const rest = ascending.length - 1 - cut;
    const level = (feasible * (sums[rest] ?? 0)) / (1 - cut * feasible);
    // One more would leave the others less than nothing: where that is so, this level is right but for rounding.
    if (level >= (ascending[rest] ?? 0) || (cut + 1) * feasible >= 1 - 1e-9) return level;
  }
  return Number.POSITIVE_INFINITY;
}

function ceilingsIn(
  pool: AccountKeys,
  { share, limitOf }: { readonly share: number; readonly limitOf: (key: string) => number },
): readonly (readonly [key: string, most: number])[] {
  const accounts = [...pool.values()].map((keys) => ({ keys, total: sum(keys.map(limitOf)) }));
  const totals = accounts.map(({ total }) => total);
  const most = largestTotal(totals, share);
  return accounts.flatMap(({ keys, total }) =>
    keys.filter((key) => limitOf(key) > 0).map((key) => [key, (limitOf(key) / total) * most] as const),
  );
}

/** Of each number and those before it; the small ones first, or they would drown. */
function sumsUpTo(numbers: readonly number[]): readonly number[] {
  let total = 0;
  return numbers.map((number) => (total += number));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
