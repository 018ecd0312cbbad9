import { z } from "zod";
import type { DemandRecord } from "../budget/demand.ts";
import type { EnforcementRecord } from "../budget/enforcement.ts";
import { habit } from "../budget/habit.ts";
import type { KnownLimit } from "../budget/known-limit.ts";
import type { LearnedRecord } from "../budget/learned-record.ts";
import { mostRemembered } from "../budget/murky-times.ts";
import type { PhaseArc } from "../budget/phase-arc.ts";

/** JSON has no infinity and writes `null`. */
export function orInfinity(number: z.ZodType<number>): z.ZodType<number> {
  return number.nullable().transform((value) => value ?? Number.POSITIVE_INFINITY);
}

/** A time that may never have been. */
function orNever(time: z.ZodType<number>): z.ZodType<number> {
  return time.nullable().transform((value) => value ?? Number.NEGATIVE_INFINITY);
}

const time = z.number().min(0);
const count = z.int().min(0);
/** Of a limit: what calls took, where a call may be many times as large. */
const taken = z.number().min(0).max(1e9);

const known: z.ZodType<KnownLimit> = z.object({
  share: z.number().positive().max(100),
  belief: time,
  isCautious: z.boolean(),
  burst: z.number().positive().max(1e9),
  patienceUs: time,
  believedSinceUs: time,
  confirmations: count,
  answeredAtUs: orNever(time),
  limit: z.number().min(1).max(habit.largestAsked),
  reconsiderations: count,
  refusedAtUs: orNever(time),
  strayAtUs: orNever(time),
  surprisedAtUs: orNever(time),
  foundAtUs: time.exactOptional(),
});

const arc: z.ZodType<PhaseArc> = z.object({ windowUs: time, fromUs: time, widthUs: time });

const enforcement: z.ZodType<EnforcementRecord> = z.object({
  mayBeBucket: z.boolean(),
  maySlide: z.boolean(),
  whole: arc.exactOptional(),
  sixth: arc.exactOptional(),
  highestAccepted: taken,
  lowestRefused: orInfinity(taken),
  refusedAtUs: orNever(time),
  mostInWindow: taken,
  refusedInWindow: orInfinity(taken),
});

const demand: z.ZodType<DemandRecord> = z.object({
  boundSinceUs: time.exactOptional(),
  hitBurst: z.boolean(),
  usualHold: taken,
  tickedUs: time,
});

export const learnedSchema: z.ZodType<LearnedRecord> = z.object({
  known,
  enforcement,
  pause: z.object({ refusalsInARow: count, untilUs: orNever(time) }),
  murky: z.array(z.object({ fromUs: time, untilUs: time })).max(mostRemembered),
  demand,
});
