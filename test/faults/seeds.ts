import { violations } from "./invariants.ts";
import { planOf } from "./plan.ts";
import { play, type Sabotage } from "./play.ts";
import type { Subject } from "./subject.ts";

/** Plays one seed; answers with what it broke, and how to see it again. */
export async function failureOf(seed: number, subject: Subject, sabotage?: Sabotage): Promise<string | undefined> {
  const broken = violations(await play(planOf(seed), subject, sabotage), subject);
  if (broken.length === 0) return undefined;
  return `seed ${seed} (${subject.name}): ${broken.slice(0, 5).join("; ")}\n  replay: pnpm faults --seed ${seed}`;
}
