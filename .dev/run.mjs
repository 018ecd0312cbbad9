// The one door to every job: `node .dev/run.mjs <job> [arguments]`. Needs only Node and npm; brings the rest itself.
import { check } from "./check.mjs";
import { fix } from "./fix.mjs";
import { matrix } from "./matrix.mjs";
import { mutate } from "./mutate.mjs";
import { install } from "./install.mjs";
import { runTests } from "./tests.mjs";
import { runScript } from "./script.mjs";

const jobs = {
  start: (args) => runScript("examples/start/main.ts", args),
  test: (args) => (args.every((argument) => argument === "--all") ? check(args) : runTests(args)),
  check,
  fix,
  matrix,
  bench: ([name, ...args]) => runScript({ folder: "benchmarks", name }, args),
  faults: (args) => runScript("test/faults/run-seeds.ts", args),
  history: (args) => runScript("test/redis/history/run-long.ts", args),
  mutate,
  example: ([name, ...args]) => runScript({ folder: "examples", name }, args),
};

const [name, ...rest] = process.argv.slice(2);
const job = jobs[name];
if (!job) {
  console.error(`usage: node .dev/run.mjs ${Object.keys(jobs).join("|")} [arguments]`);
  process.exit(2);
}
// Newer SDKs want Node 22; ours is pinned to what Node 20 runs, so the warning tells nobody anything.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
if (!process.stdout.isTTY && !process.env.FORCE_COLOR) process.env.NO_COLOR = "1";
await install();
process.exitCode = await job(rest[0] === "--" ? rest.slice(1) : rest);
