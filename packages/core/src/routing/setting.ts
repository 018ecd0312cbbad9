import type { Target } from "../budget/target.ts";
import { NoEligibleTargetError } from "../errors.ts";
import type { CallRequest } from "./call.ts";

/** Accounts that take no new calls, by id, and why; undefined: nobody said. */
export type DrainedAccounts = ReadonlyMap<string, string | undefined>;

/** Every target there is, since they were last exchanged. */
export interface TargetSet {
  /** Undefined: it is gone. */
  readonly targetOf: (id: string) => Target | undefined;
}

/** What applies to every call until it is exchanged, whole: it never changes by itself. */
export interface Setting {
  /** Regions where prompts may be processed; undefined: anywhere. */
  readonly allowedRegions: readonly string[] | undefined;
  /** Milliseconds a call may wait for room unless it says otherwise. */
  readonly maxWaitMs: number;
  readonly drained: DrainedAccounts;
  /** Another one: the targets that calls were planned for were exchanged. Undefined: they never were. */
  readonly targets: TargetSet | undefined;
}

/** Plans a call anew for the targets there are now. Throws when it may not be made any more. */
export type Replan = () => CallRequest;

/**
 * A call for the targets there are now: planned anew by whoever made it, or else moved to those targets of it that stay.
 * @throws {NoEligibleTargetError} when none stays.
 */
export function requestFor(
  targets: TargetSet | undefined,
  request: CallRequest,
  replan: Replan | undefined,
): CallRequest {
  if (replan !== undefined) return replan();
  const candidates = request.candidates.flatMap(({ target: { id }, cost }) => {
    const target = targets?.targetOf(id);
    return target === undefined ? [] : [{ target, cost }];
  });
  if (candidates.length > 0) return { ...request, candidates };
  const reasons = request.candidates.map(({ target: { id } }) => `${id}: is not in the config any more`);
  throw new NoEligibleTargetError(`no target of ${request.pool} is left:\n${reasons.join("\n")}`, reasons);
}
