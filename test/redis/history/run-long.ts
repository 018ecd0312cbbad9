/**
 * The history checker for longer than the tests have time, with empty restarts.
 *
 *   pnpm history [--seconds 60] [--seed 1] [--limiter sliding60]
 */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { limiterKinds } from "@shardrock/simulator";
import { checkHistory } from "../../../benchmarks/redis/history/check-history.ts";
import { runHistory, type Trouble } from "./run-history.ts";
import { worldOf } from "./scene-world.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
    limiter: { type: "string", default: "sliding60" },
  },
});

/** In every 12 s: two processes die, the store is paused, slow, and every other time restarted empty. */
function troublesIn(seconds: number): readonly Trouble[] {
  return Array.from({ length: Math.floor(seconds / 12) }, (_, round): readonly Trouble[] => {
    const at = round * 12_000;
    return [
      { atMs: at + 4_000, kind: "kill", forMs: 300 },
      { atMs: at + 4_500, kind: "kill", forMs: 300 },
      { atMs: at + 6_500, kind: "pause", forMs: 400 },
      { atMs: at + 8_000, kind: "slow", forMs: 800 },
      ...(round % 2 === 0 ? [{ atMs: at + 10_000, kind: "empty", forMs: 300 } as const] : []),
    ];
  }).flat();
}

const limiter = limiterKinds.find((kind) => kind === values.limiter);
if (limiter === undefined) throw new Error(`--limiter is one of ${limiterKinds.join(", ")}`);
const seconds = Number(values.seconds);
const processes = 8;
const recorded = await runHistory({
  processes,
  callers: 24,
  forMs: seconds * 1e3,
  troubles: troublesIn(seconds),
  limiter,
  seed: Number(values.seed),
});
const { violations, ...figures } = checkHistory(recorded.lines, recorded.left, worldOf(processes));
console.log({ ...figures, attempts: recorded.attempts, throttled: recorded.throttled });
for (const violation of violations) console.log(violation);
if (violations.length > 0) {
  const file = join(tmpdir(), `shardrock-history-${process.pid}.jsonl`);
  writeFileSync(file, recorded.lines.map((line) => JSON.stringify(line)).join("\n"));
  console.log(`all that happened stands in ${file}`);
}
console.log(violations.length === 0 ? "every rule is kept" : `${violations.length} places where a rule is broken`);
process.exitCode = violations.length === 0 ? 0 : 1;
