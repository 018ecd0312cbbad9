import type { SharedHealthChange } from "@shardrock/core";
import { z } from "zod";
import { jsonText } from "../ledger/json-text.ts";

/** Longest text of a change. */
const mostCharacters = 900;
/** Longest wait that others are believed, in ms. */
const longestMs = 3_600_000;
/** What has been over for so long is of no interest, in ms: a new process hears all that the store still has. */
const staleMs = 900_000;

/** A change as it goes to the store. @param nowUs - the store's clock. @returns undefined when it is too long. */
export function changeText(change: SharedHealthChange, nowUs: number): string | undefined {
  const text = JSON.stringify({ ...change, atUs: nowUs });
  return text.length > mostCharacters ? undefined : text;
}

/** A change as another process told it, with what is left of it by now. @returns undefined when nobody here can use it. */
export function readChange(text: string, nowUs: number): SharedHealthChange | undefined {
  const read = changeSchema.safeParse(text);
  if (!read.success) return undefined;
  const { atUs = nowUs, forMs, ...change } = read.data;
  const ageMs = Math.max(0, (nowUs - atUs) / 1e3);
  if (ageMs > forMs + staleMs) return undefined;
  return { ...change, forMs: Math.max(0, Math.round(Math.min(forMs, longestMs) - ageMs)) };
}

/** Goes to logs and to `explain`: one line of plain characters. */
const plain = (most: number): z.ZodString => z.string().regex(new RegExp(`^[\\x20-\\x7e]{1,${most}}$`));

const changeSchema = jsonText(
  z.object({
    key: plain(600),
    state: z.enum(["blocked", "probing", "unproved", "recovering"]),
    scope: plain(500),
    reason: plain(200),
    isSoft: z.boolean(),
    forMs: z.number().min(0),
    failures: z.int().min(1).max(1_000).optional(),
    atUs: z.number().min(0).optional(),
  }),
);
