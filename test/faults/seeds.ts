import { violations } from "./invariants.ts";
import { planOf } from "./plan.ts";
import { play } from "./play.ts";
import type { Sabotage } from "./sabotage.ts";
import type { Subject } from "./subject.ts";
import type { Trace } from "./world.ts";

/** Plays one seed; answers with what it broke, and how to see it again. */
export async function failureOf(seed: number, subject: Subject, sabotage?: Sabotage): Promise<string | undefined> {
  return failureIn(await play(planOf(seed), subject, sabotage), subject);
}

/** What a run broke, in one text; undefined: nothing. */
export function failureIn(trace: Trace, subject: Subject): string | undefined {
  const broken = violations(trace, subject);
  if (broken.length === 0) return undefined;
  const { seed } = trace.plan;
  return `seed ${seed} (${subject.name}): ${broken.slice(0, 5).join("; ")}\n  replay: pnpm faults --subject ${subject.name} --seed ${seed}`;
}
