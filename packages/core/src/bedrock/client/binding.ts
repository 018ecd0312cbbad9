import type { Target } from "../../budget/target.ts";

/** An account, or one Region of it. */
export interface Place {
  /** 12 digits. */
  readonly accountId: string;
  /** Undefined: any Region of the account. */
  readonly region?: string | undefined;
}

/** An id in a call, and everywhere it exists; the call may go nowhere else. */
export interface Binding {
  /** The id in words for people, such as `guardrail arn:aws:bedrock:…`. Never content. */
  readonly by: string;
  /** At least one. */
  readonly places: readonly Place[];
}

/** An id in a call that exists in one account, and nothing says in which. */
export interface UnplacedId {
  /** The id in words for people. */
  readonly what: string;
  /** What it exists in once. */
  readonly scope: "account" | "account and Region";
  /** What the caller can do about it. */
  readonly remedy: string;
}

/** A place in a command's input whose value depends on where the call goes. */
export interface Substitution {
  /** Keys and indexes from the top of the input down. */
  readonly path: readonly (string | number)[];
  readonly valueAt: (target: Target) => unknown;
}

/** Every id in a call that exists in some accounts only. */
export interface BoundIds {
  readonly bindings: readonly Binding[];
  readonly unplaced: readonly UnplacedId[];
  readonly substitutions: readonly Substitution[];
}

/** Whether a target lies in a place. */
export function isIn({ accountId, region }: Place, target: Pick<Target, "accountId" | "region">): boolean {
  return target.accountId === accountId && (region === undefined || target.region === region);
}

export const nothingBound: BoundIds = { bindings: [], unplaced: [], substitutions: [] };

/** The ids of two parts of one call. */
export function together(one: BoundIds, other: BoundIds): BoundIds {
  if (other === nothingBound) return one;
  if (one === nothingBound) return other;
  return {
    bindings: [...one.bindings, ...other.bindings],
    unplaced: [...one.unplaced, ...other.unplaced],
    substitutions: [...one.substitutions, ...other.substitutions],
  };
}
