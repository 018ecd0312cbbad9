import { parseArgs } from "node:util";
import { violations } from "./invariants.ts";
import { planOf } from "./plan.ts";
import { play } from "./play.ts";
import { failureOf } from "./seeds.ts";
import { subjectOf, subjects } from "./subject.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    count: { type: "string", default: "20000" },
    /** Which is proven; all in turn, one a seed, unless told. */
    subject: { type: "string" },
  },
});

const chosen = subjects.filter(({ name }) => values.subject === undefined || values.subject === name);
if (chosen.length === 0) throw new Error(`--subject is one of ${subjects.map(({ name }) => name).join(", ")}`);

process.exitCode = values.seed === undefined ? await runMany() : await replay(Number(values.seed));

/** Plays many seeds in a row; prints those that fail, each with its command. */
async function runMany(): Promise<number> {
  const [from, count] = [Number(values.from), Number(values.count)];
  let failed = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const failure = await failureOf(seed, subjectOf(seed, chosen));
    if (failure !== undefined) console.log(failure);
    failed += failure === undefined ? 0 : 1;
    if ((seed - from + 1) % 1_000 === 0) console.log(`${seed - from + 1} seeds, ${failed} failed`);
  }
  console.log(`${count} seeds from ${from} on, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Plays one seed, with the subject that it has among many, and shows what was planned, what happened and what broke. */
async function replay(seed: number): Promise<number> {
  const subject = subjectOf(seed, chosen);
  const plan = planOf(seed);
  const { targets, calls, ...rest } = plan;
  console.log(rest, `\n${calls.length} calls`);
  console.table(targets);
  const trace = await play(plan, subject);
  for (const { callId, atMs, attempts, end, cost } of trace.calls) {
    const tried = attempts.map(
      (one) => `${one.atMs} ${one.target.id} ${one.fault ?? (one.wasThrottled ? "throttled" : "ok")}`,
    );
    const came = end?.isOk === true ? "ok" : String(end?.error).split("\n")[0];
    console.log(`${atMs} call ${callId} of ${cost.tokens} tokens: ${tried.join(", ") || "-"} → ${end?.atMs} ${came}`);
  }
  const broken = violations(trace, subject);
  for (const each of broken) console.log(each);
  console.log(
    broken.length === 0
      ? `seed ${seed} (${subject.name}) breaks nothing`
      : `seed ${seed} (${subject.name}) breaks ${broken.length} rules`,
  );
  return broken.length === 0 ? 0 : 1;
}
