import { StoreFault } from "../clients/store-fault.ts";
import type { Away } from "./reach.ts";

/** For people: the book cannot be reached. */
export function awayMessage(away: Away, processes: number, rejects: boolean): string {
  const then = rejects
    ? "Calls are refused until it is back (onStoreDown: reject)."
    : `Until it is back, calls are decided on this process's part of each quota: its limit × 0.8 ÷ ${processes}, from nothing.`;
  return `${silenceMessage(away)} ${then}`;
}

/** For people: a call was refused because the book cannot be reached. @param away - undefined: it was only late. */
export function refusedMessage(away: Away | undefined, timeoutMs: number): string {
  const silence =
    away === undefined ? `The store of the shared book did not answer in ${timeoutMs} ms.` : silenceMessage(away);
  return `${silence} Calls are refused then (onStoreDown: reject).`;
}

function silenceMessage({ why, cause }: Away): string {
  if (why === "slow") return "The store of the shared book answers too late, several times in a row.";
  if (!(cause instanceof Error)) return "The store of the shared book does not answer.";
  const silence = `The store of the shared book does not answer (${cause.message}).`;
  const isUnconnected = cause instanceof StoreFault && cause.kind === "down" && !/^[A-Z]+$/.test(cause.reason);
  return isUnconnected ? `${silence} Why there is no connection, the error events of its client say.` : silence;
}

export const backMessage: string = "The store of the shared book answers again; what was spent meanwhile is in it.";

export const lostMessage: string =
  "The store of the shared book has lost what it held. Every quota is taken for spent, for one window at most; what was " +
  "learned of quotas is written anew.";

/** @param keys - of quotas that processes were told different limits of. */
export function mismatchMessage(keys: readonly string[]): string {
  const more = keys.length > 3 ? ` and ${keys.length - 3} more` : "";
  return (
    `Another process of this realm goes by other limits of ${keys.slice(0, 3).join(", ")}${more}: the lower ones hold. ` +
    `Give all processes of a realm the same config, or another realm.`
  );
}

export const agreedMessage: string = "All processes of this realm go by the same limits again.";
