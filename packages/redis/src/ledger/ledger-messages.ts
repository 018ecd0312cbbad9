import type { Away } from "./reach.ts";

/** For people: the book cannot be reached. */
export function awayMessage({ why, cause }: Away, processes: number, rejects: boolean): string {
  const what = why === "slow" ? "answers too late, several times in a row" : `does not answer${reasonOf(cause)}`;
  const then = rejects
    ? "Calls are refused until it is back (onStoreDown: reject)."
    : `Until it is back, calls are decided on this process's part of each quota: its limit × 0.8 ÷ ${processes}, from nothing.`;
  return `The store of the shared book ${what}. ${then}`;
}

/** What clients throw names no content, only commands and addresses; the first line is enough. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  return ` (${cause.message.split("\n", 1)[0]?.slice(0, 200) ?? ""})`;
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
