import { type QuotaRecord, readQuotaRecord } from "@shardrock/core/book";
import { z } from "zod";
import { jsonText } from "./json-text.ts";

/** What processes hand on of a quota, and whose limit it goes by. */
export interface PageRecord {
  /** Id of the process. */
  readonly by: string;
  readonly quota: QuotaRecord;
}

export function writePageRecord({ by, quota }: PageRecord): string {
  return JSON.stringify({ by, quota: JSON.stringify(quota) });
}

/** @returns undefined where the text is none of this quota: then what is known here goes on. */
export function readPageRecord(
  text: string,
  at: { readonly windowUs: number; readonly nowUs: number },
): PageRecord | undefined {
  const outer = outerSchema.safeParse(text);
  if (!outer.success) return undefined;
  const read = readQuotaRecord(outer.data.quota, at);
  return read.kind === "record" ? { by: outer.data.by, quota: read.record } : undefined;
}

const outerSchema = jsonText(z.object({ by: z.string(), quota: z.string() }));
