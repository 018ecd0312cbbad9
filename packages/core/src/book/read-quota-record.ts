import { z } from "zod";
import type { PhaseArc } from "../budget/phase-arc.ts";
import type { QuotaRecord } from "../budget/quota-record.ts";
import { learnedSchema, orInfinity } from "./learned-schema.ts";

/** A text that is no record of this quota: it is best ignored, and said so. */
export interface UnreadableRecord {
  readonly kind: "unreadable";
  /** What is wrong with it, without what it holds. */
  readonly reason: string;
}

export interface ReadRecord {
  readonly kind: "record";
  readonly record: QuotaRecord;
}

/**
 * Reads what `JSON.stringify` made of a record: of another version, of another quota's window, from the future, or with
 * numbers that no learner comes to, it is unreadable.
 */
export function readQuotaRecord(
  text: string,
  { windowUs, nowUs }: { readonly windowUs: number; readonly nowUs: number },
): ReadRecord | UnreadableRecord {
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { kind: "unreadable", reason: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}` };
  }
  const record = parsed.data;
  const reason = misfitOf(record, windowUs) ?? futureOf(record, nowUs + windowUs);
  return reason === undefined ? { kind: "record", record } : { kind: "unreadable", reason };
}

const units = z.number().min(0);
const schema: z.ZodType<QuotaRecord> = z.object({
  version: z.literal(1),
  windowUs: z.number().positive(),
  limit: z.object({ published: units, foreignUse: units, most: orInfinity(units) }),
  learned: learnedSchema,
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema says that it is no object
  }
}

/** Whether the lengths it speaks of are this quota's. */
function misfitOf({ windowUs, learned }: QuotaRecord, ownUs: number): string | undefined {
  const { whole, sixth } = learned.enforcement;
  const fits = windowUs === ownUs && isArcOf(whole, ownUs) && isArcOf(sixth, ownUs / 6);
  return fits ? undefined : "windowUs: of a quota with another window";
}

function isArcOf(arc: PhaseArc | undefined, windowUs: number): boolean {
  return arc === undefined || (arc.windowUs === windowUs && arc.fromUs <= windowUs && arc.widthUs <= windowUs);
}

/** A time of the future would hold the quota back, or keep it from learning, until then. */
function futureOf(
  { learned: { known, enforcement, pause, murky, demand } }: QuotaRecord,
  latestUs: number,
): string | undefined {
  const timesUs = {
    believedSinceUs: known.believedSinceUs,
    answeredAtUs: known.answeredAtUs,
    refusedAtUs: Math.max(known.refusedAtUs, enforcement.refusedAtUs),
    strayAtUs: known.strayAtUs,
    surprisedAtUs: known.surprisedAtUs,
    foundAtUs: known.foundAtUs ?? 0,
    pausedUntilUs: pause.untilUs,
    murkyUntilUs: Math.max(0, ...murky.map(({ untilUs }) => untilUs)),
    tickedUs: demand.tickedUs,
    boundSinceUs: demand.boundSinceUs ?? 0,
  };
  const late = Object.entries(timesUs).find(([, atUs]) => atUs > latestUs);
  return late === undefined ? undefined : `${late[0]}: of the future`;
}
