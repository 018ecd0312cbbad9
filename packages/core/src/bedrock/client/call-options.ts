import { ShardrockError } from "../../errors.ts";
import type { CallRequest } from "../../routing/call.ts";
import { didYouMean } from "../config/nearest-name.ts";
import type { SdkSendOptions } from "../transport/bedrock-command.ts";

/** What one call asks of the router, beside what the SDK knows. */
export interface CallOptions {
  /** Who the call is for, 1 to 256 characters: tenants share what waits by their weights. `"default"` unless told. */
  readonly tenant?: string | undefined;
  /** Higher goes first; 0 unless told. */
  readonly priority?: number | undefined;
  /** Longest wait for room, in ms, 0 up; the config's unless told. */
  readonly maxWaitMs?: number | undefined;
  /** Regions where this prompt may be processed; narrows the config's residency, never widens it. */
  readonly allowedRegions?: readonly string[] | undefined;
  /**
   * Calls with the same key, 1 to 256 characters, stay in the account and Region the last one went to while it has
   * room, and wait for it while the prompt cached there is worth more. Use a conversation's id; it is kept in the memory
   * of this process and shows nowhere.
   */
  readonly affinityKey?: string | undefined;
}

/** Options of `send`: the SDK's, and ours under a name of their own. */
export interface SendOptions extends SdkSendOptions {
  readonly shardrock?: CallOptions | undefined;
}

const longestName = 256;

const optionNames = [
  "tenant",
  "priority",
  "maxWaitMs",
  "allowedRegions",
  "affinityKey",
] as const satisfies (keyof CallOptions)[];

/**
 * The options as the router takes them.
 * @throws {ShardrockError} `option-invalid` saying the option, the rule and the value if it is a number; never an
 * affinity key, under another option's name neither.
 */
export function checkedOptions(options: CallOptions): Partial<CallRequest> {
  refuseUnknown(options);
  const { tenant, priority, maxWaitMs, allowedRegions, affinityKey } = options;
  if (tenant !== undefined && !isName(tenant)) throw invalid(`tenant must be a text of 1 to ${longestName} characters`);
  if (priority !== undefined && !Number.isFinite(priority)) {
    throw invalid(`priority must be a finite number, got ${shownNumber(priority)}`);
  }
  if (maxWaitMs !== undefined && !(Number.isFinite(maxWaitMs) && maxWaitMs >= 0)) {
    throw invalid(`maxWaitMs must be a finite number from 0 up, got ${shownNumber(maxWaitMs)}`);
  }
  if (allowedRegions !== undefined && !Array.isArray(allowedRegions)) {
    throw invalid("allowedRegions must be a list of Regions");
  }
  if (affinityKey !== undefined && !isName(affinityKey)) {
    throw invalid(`affinityKey must be a text of 1 to ${longestName} characters`);
  }
  return {
    ...(tenant !== undefined && { tenant }),
    ...(priority !== undefined && { priority }),
    ...(maxWaitMs !== undefined && { maxWaitMs }),
    ...(allowedRegions !== undefined && { allowedRegions }),
    ...(affinityKey !== undefined && { affinityKey }),
  };
}

/** A rule about Regions that is misspelt must not be no rule. */
function refuseUnknown(options: CallOptions): void {
  const known: readonly string[] = optionNames;
  for (const name in options) {
    if (known.includes(name)) continue;
    const shown = name.slice(0, 64);
    throw invalid(`${shown} is not an option${didYouMean(shown, known)}`);
  }
}

function isName(name: unknown): boolean {
  return typeof name === "string" && name.length > 0 && name.length <= longestName;
}

/** JavaScript lets any value through; a text in the wrong place may be a key or a prompt. */
function shownNumber(value: unknown): string {
  return typeof value === "number" ? String(value) : `a ${typeof value}`;
}

function invalid(rule: string): ShardrockError {
  return new ShardrockError("option-invalid", `shardrock.${rule}`);
}
