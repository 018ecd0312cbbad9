/**
 * Why the store did not do it. `again`: ask again at once, nothing was done. `down`: it cannot now, or cannot be reached, and
 * whether something was done is unknown only where the connection was lost. `reconnect`: this server is not (or no longer)
 * the one that writes. `denied`: it will not until somebody changes rights or memory. `broken`: a script failed.
 */
export type StoreFaultKind = "again" | "down" | "reconnect" | "denied" | "broken";

/** What a store's client failed with, sorted by what helps. */
export class StoreFault extends Error {
  override readonly name = "StoreFault";
  readonly kind: StoreFaultKind;
  /** The first word of the server's answer, such as `READONLY`; else the code of the connection's error. */
  readonly reason: string;

  constructor(kind: StoreFaultKind, reason: string, cause: unknown) {
    super(saidBy(cause) ?? `the store answered ${reason}`, { cause });
    this.kind = kind;
    this.reason = reason;
  }
}

/** What clients throw names no content, only commands and addresses; the first line is enough. */
function saidBy(cause: unknown): string | undefined {
  const said = cause instanceof Error ? cause.message.split("\n", 1)[0]?.trim().slice(0, 200) : "";
  return said === "" ? undefined : said;
}

/**
 * What an error of a client means. Anything that is not an answer of the server is a lost connection.
 * Source: Redis, error prefixes in `server.h` and "Redis cluster specification" (read 2026-11-23).
 */
export function storeFaultOf(cause: unknown): StoreFault {
  if (cause instanceof StoreFault) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason = /^[A-Z][A-Z]+\b/.exec(message)?.[0];
  const kind = reason === undefined ? undefined : kinds.get(reason);
  if (kind !== undefined && reason !== undefined) return new StoreFault(kind, reason, cause);
  if (isScriptError(message)) return new StoreFault(scriptKind(message), reason ?? "ERR", cause);
  return new StoreFault("down", codeOf(cause), cause);
}

const kinds: ReadonlyMap<string, StoreFaultKind> = new Map([
  ["TRYAGAIN", "again"],
  ["ASK", "again"],
  ["NOSCRIPT", "again"],
  ["READONLY", "reconnect"],
  ["MOVED", "reconnect"],
  ["UNBLOCKED", "reconnect"],
  ["LOADING", "down"],
  ["BUSY", "down"],
  ["CLUSTERDOWN", "down"],
  ["MASTERDOWN", "down"],
  ["NOREPLICAS", "down"],
  ["NOPERM", "denied"],
  ["NOAUTH", "denied"],
  ["WRONGPASS", "denied"],
  ["OOM", "denied"],
  ["MISCONF", "denied"],
  ["CROSSSLOT", "denied"],
]);

function isScriptError(message: string): boolean {
  return /^(ERR|WRONGTYPE|NOPROTO)\b/.test(message) || message.includes("user_script") || message.includes("script:");
}

/** A command inside a script that the server refuses comes back wrapped. */
function scriptKind(message: string): StoreFaultKind {
  if (/non local key/.test(message)) return "again";
  return /can't run this command|No permissions|ACL failure/.test(message) ? "denied" : "broken";
}

function codeOf(cause: unknown): string {
  if (typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string")
    return cause.code;
  return cause instanceof Error && cause.name !== "Error" ? cause.name : "no answer";
}
