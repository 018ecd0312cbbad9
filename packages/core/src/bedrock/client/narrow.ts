import type { Target } from "../../budget/target.ts";
import { ShardrockError } from "../../errors.ts";
import type { Pin } from "../../routing/call.ts";
import { type Binding, type BoundIds, isIn, type Place } from "./binding.ts";

/** A target that an id in the call rules out, and why. */
export interface LeftOut {
  readonly target: Target;
  readonly reason: string;
}

/** Where a call may still go. */
export interface Narrowed {
  readonly targets: readonly Target[];
  readonly leftOut: readonly LeftOut[];
  /** Set when ids allow one place only; the targets hold the others still, for the router to refuse and explain. */
  readonly pin: Pin | undefined;
  /** Names what narrowed the targets, so that calls with fewer of them wait apart; "" when nothing did. */
  readonly lane: string;
}

export interface NarrowOptions {
  /** The model's name, for messages. */
  readonly pool: string;
  /** By id: the config's. */
  readonly accounts: ReadonlyMap<string, unknown>;
}

/**
 * Keeps of a call's targets those where every id in it exists.
 * @throws {ShardrockError} `request-invalid` when an id is of an account the config does not have, when two contradict
 * each other, or when nobody can tell which account one is of.
 */
export function narrow(targets: readonly Target[], bound: BoundIds, options: NarrowOptions): Narrowed {
  if (bound.bindings.length === 0 && bound.unplaced.length === 0) {
    return { targets, leftOut: [], pin: undefined, lane: "" };
  }
  const bindings = bound.bindings.map((binding) => known(binding, options.accounts));
  refuseContradictions(bindings);
  const pin = pinOf(bindings);
  const wide = bindings.filter(({ places }) => places.length > 1);
  const leftOut = targets.flatMap((target) => {
    const missing = wide.find(({ places }) => !places.some((place) => isIn(place, target)));
    return missing === undefined
      ? []
      : [{ target, reason: `${missing.by} has no id in account ${target.accountId}, ${target.region}` }];
  });
  const kept =
    leftOut.length === 0 ? targets : targets.filter((target) => !leftOut.some((row) => row.target === target));
  const reachable = pin === undefined ? kept : kept.filter((target) => isIn(pin, target));
  refuseUnplaced(bound, reachable, options);
  return { targets: kept, leftOut, pin, lane: wide.map(({ by }) => by).join("|") };
}

/** The places of a binding that the config has. @throws {ShardrockError} `request-invalid` when it has none. */
function known({ by, places }: Binding, accounts: NarrowOptions["accounts"]): Binding {
  const ours = places.filter(({ accountId }) => accounts.has(accountId));
  if (ours.length > 0) return { by, places: ours };
  const foreign = [...new Set(places.map(({ accountId }) => accountId))].join(", ");
  throw invalid(`${by} is in account ${foreign}, which is not in the config`);
}

function refuseContradictions(bindings: readonly Binding[]): void {
  for (const [at, one] of bindings.entries()) {
    const other = bindings.slice(at + 1).find((later) => !overlap(one, later));
    if (other !== undefined) throw invalid(`${one.by} and ${other.by} are nowhere in one account and Region`);
  }
}

function overlap(one: Binding, other: Binding): boolean {
  return one.places.some((place) => other.places.some((there) => meet(place, there)));
}

function meet(one: Place, other: Place): boolean {
  const isSameRegion = one.region === undefined || other.region === undefined || one.region === other.region;
  return one.accountId === other.accountId && isSameRegion;
}

/** The one place that ids of one place each leave; they do not contradict each other. */
function pinOf(bindings: readonly Binding[]): Pin | undefined {
  let pin: Pin | undefined;
  for (const { by, places } of bindings) {
    const [place] = places;
    if (place === undefined || places.length > 1) continue;
    if (pin === undefined) pin = { ...place, by };
    else pin = { accountId: pin.accountId, region: pin.region ?? place.region, by: `${pin.by} and ${by}` };
  }
  return pin;
}

/** An id without a place goes where the call goes, if that is one place; else it might be read as another's. */
function refuseUnplaced({ unplaced }: BoundIds, targets: readonly Target[], { pool }: NarrowOptions): void {
  for (const { what, scope, remedy } of unplaced) {
    const places = new Set(
      targets.map(({ accountId, region }) => (scope === "account" ? accountId : `${accountId}/${region}`)),
    );
    if (places.size <= 1) continue;
    throw invalid(`${what} exists in one ${scope}, and ${pool} may go to ${places.size}: ${remedy}`);
  }
}

function invalid(message: string): ShardrockError {
  return new ShardrockError("request-invalid", message);
}
