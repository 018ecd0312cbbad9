import { type QuotaNews, ShardrockError } from "@shardrock/core";
import { staleShare } from "../known/found-findings.ts";
import type { KnownPlace } from "../known/known-place.ts";

/** How a look at a place ended. */
export interface Look {
  readonly known: KnownPlace;
  readonly failures: readonly unknown[];
  /** What is known is too old. */
  readonly isStale: boolean;
}

/** So often in a row a place is read in vain before it is told of, where something is known of it. */
const tellAfter = 3;

type Level = "read" | "unread" | "stale";

/** Says of one place when its quotas cannot be read, are too old, and can be read again. */
export class AgeNews {
  #failuresInRow = 0;
  #told: Level = "read";

  /** @returns what is new; undefined: nothing. */
  after({ known, failures, isStale }: Look): QuotaNews | undefined {
    this.#failuresInRow = failures.length === 0 ? 0 : this.#failuresInRow + 1;
    const level = this.#levelOf(known, isStale);
    if (level === this.#told) return undefined;
    this.#told = level;
    const { accountId, region } = known.place;
    const scope = `quotas of account ${accountId}, ${region}`;
    const message = messageOf(level, { scope, why: whyOf(failures), isKnown: known.quotas !== undefined });
    return { change: "stale", scope, accountId, region, key: undefined, before: undefined, now: undefined, message };
  }

  #levelOf({ quotas }: KnownPlace, isStale: boolean): Level {
    if (isStale) return "stale";
    if (this.#failuresInRow === 0) return "read";
    if (quotas === undefined || this.#failuresInRow >= tellAfter) return "unread";
    return this.#told === "stale" ? "read" : this.#told;
  }
}

interface Unread {
  readonly scope: string;
  readonly why: string;
  readonly isKnown: boolean;
}

function messageOf(level: Level, { scope, why, isKnown }: Unread): string {
  if (level === "read") return `${scope} can be read again`;
  if (level === "stale") return `${scope} could not be read for so long that ${staleShare} of them are used (${why})`;
  const meanwhile = isKnown
    ? "what was known stays in force"
    : "its targets go by the config's quotas or fallbackQuota, and without one get no calls";
  return `${scope} could not be read in full (${why}): ${meanwhile}`;
}

/** For people: what could not be read, by the errors' names or codes alone: AWS's words name roles, and may quote what was sent. */
export function whyOf(failures: readonly unknown[]): string {
  return [...new Set(failures.map(nameOf))].join(", ") || "not read yet";
}

function nameOf(failure: unknown): string {
  if (failure instanceof ShardrockError) return failure.code;
  return failure instanceof Error ? failure.name : "an error without a name";
}
