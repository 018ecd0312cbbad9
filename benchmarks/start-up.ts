/**
 * How long `shardrock --help` takes from the built package, side by side with a bare `node -e 0`: one after the other in
 * turn, so that what else the machine does weighs on both. Medians. Exits with 1 when the bar is missed.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "./measure/median.ts";
import { table } from "./measure/table.ts";

const rounds = 25;
/** How many times a bare Node's time it may take. */
const bar = 2.5;
const root = fileURLToPath(new URL("..", import.meta.url));
const bin = fileURLToPath(new URL("../packages/cli/bin/shardrock.js", import.meta.url));

const built = spawnSync("tsc", ["-b", "packages/cli"], { cwd: root, stdio: "inherit" });
if (built.status !== 0) throw new Error("the packages do not build");

const contenders = [
  { name: "node -e 0", args: ["-e", "0"], says: "" },
  { name: "shardrock --help", args: [bin, "--help"], says: "Usage: shardrock" },
  { name: "shardrock generate --help", args: [bin, "generate", "--help"], says: "Usage: shardrock generate" },
].map((contender) => ({ ...contender, times: [] as number[] }));

for (let round = 0; round < rounds; round += 1)
  for (const contender of contenders) contender.times.push(timeOf(contender));

const bareMs = median(contenders[0]?.times ?? []);
const rows = contenders.map(({ name, times }) => {
  const ratio = median(times) / bareMs;
  const isMet = ratio < bar;
  if (!isMet) process.exitCode = 1;
  const spread = `${Math.min(...times).toFixed(0)}..${Math.max(...times).toFixed(0)}`;
  return [name, `${median(times).toFixed(0)} ms`, spread, `${ratio.toFixed(2)} ×`, isMet ? "met" : "MISSED"];
});
console.log(`medians of ${rounds} runs in turn, Node ${process.version}`);
console.log(table(["", "median", "least..most", "bare Node", `under ${bar} ×`], rows));

/** Milliseconds of one run. @throws {Error} when it did not do its work. */
function timeOf({
  name,
  args,
  says,
}: {
  readonly name: string;
  readonly args: readonly string[];
  readonly says: string;
}) {
  const startMs = performance.now();
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const ms = performance.now() - startMs;
  if (status !== 0 || !stdout.startsWith(says)) throw new Error(`${name} ended with ${status} and printed ${stdout}`);
  return ms;
}
