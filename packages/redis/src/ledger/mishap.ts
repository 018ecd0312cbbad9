import { StoreFault, type StoreFaultKind } from "../clients/store-fault.ts";

/**
 * Something failed that no call waits for, and that fails again whenever it is tried, because the store is there and cannot
 * do it: it is told as a warning. Any other failure means that the store has gone.
 */
export type TellMishap = (what: string, cause: unknown) => void;

/** Whether a script failed: sent again it fails again. */
export function isBroken(cause: unknown): cause is StoreFault {
  return isOf(cause, "broken");
}

/** Whether the store refuses to do this, which says nothing of the rest. */
export function isRefusedByStore(cause: unknown): cause is StoreFault {
  return isOf(cause, "broken") || isOf(cause, "denied");
}

/** For people. @param what - was not done. */
export function mishapMessage(what: string, cause: unknown): string {
  const reason = cause instanceof StoreFault ? cause.reason : "an error";
  return (
    `The store of the shared book cannot ${what} (${reason}), and goes on without. Look whether something else writes keys ` +
    `of this realm, and what its user may do.`
  );
}

function isOf(cause: unknown, kind: StoreFaultKind): boolean {
  return cause instanceof StoreFault && cause.kind === kind;
}
