/**
 * What a call through Shardrock costs next to the AWS SDK alone, on one TLS upstream: the SDK as shipped, the SDK with
 * one keep-alive handler, and Shardrock over 12 targets, in turn, 16 calls in flight. Measures the built package.
 * Exits with 1 when a bar is missed. `--quick` only shows that it runs.
 */
import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./measure/median.ts";
import { table } from "./measure/table.ts";
import type { Batch, Overhead, Turn, Upstream } from "./overhead/shape.ts";
import { estimateRatio } from "./overhead/upper-bound.ts";

const isQuick = process.argv.includes("--quick");
const turns = 36;
const root = fileURLToPath(new URL("..", import.meta.url));

build();
const folder = mkdtempSync(join(tmpdir(), "shardrock-overhead-"));
const upstream = start("upstream.ts", [], {});
try {
  const { url, certificate } = await messageOf<Upstream>(upstream);
  const certificateFile = join(folder, "upstream.pem");
  writeFileSync(certificateFile, certificate);
  report(await measure(url, certificateFile));
} finally {
  upstream.kill();
  rmSync(folder, { recursive: true });
}

function build(): void {
  const { status } = spawnSync("tsc", ["-b", "packages/core", "packages/simulator"], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("the packages do not build");
}

async function measure(url: string, certificateFile: string): Promise<Overhead> {
  const args = [url, String(turns), isQuick ? "quick" : "full"];
  const child = start("measure.ts", args, { NODE_EXTRA_CA_CERTS: certificateFile });
  // The measuring process asks the upstream how many connections it saw.
  child.on("message", (message) => message === "most-sockets" && upstream.send("most-sockets"));
  upstream.on("message", (message) => child.send(message));
  for (;;) {
    const message = await messageOf<Overhead | "most-sockets">(child);
    if (message !== "most-sockets") return message;
  }
}

/** As a user runs it: the built package, not its sources. */
function start(file: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const execArgv = ["--import", "tsx", "--expose-gc"];
  const path = fileURLToPath(new URL(`./overhead/${file}`, import.meta.url));
  return fork(path, args, { execArgv, env: { ...process.env, ...env } });
}

function messageOf<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as Message));
    child.once("exit", (code) => reject(new Error(`a child ended with exit code ${code}`)));
  });
}

function report({ turns: done, many, stream }: Overhead): void {
  console.log(`medians over ${done.length} turns, Node ${process.version}\n`);
  const row = (name: string, of: (turn: Turn) => Batch): readonly string[] => [
    name,
    `${median(done.map((turn) => of(turn).cpuUs)).toFixed(0)} µs`,
    `${median(done.map((turn) => of(turn).p50Ms)).toFixed(2)} ms`,
  ];
  const rows = [
    row("SDK as shipped (HTTP/2)", ({ shipped }) => shipped),
    row("SDK, one keep-alive handler", ({ keepAlive }) => keepAlive),
    row("Shardrock, 12 targets", ({ sharded }) => sharded),
  ];
  console.log(`${table(["client", "CPU a call", "p50"], rows)}\n`);
  const ratio = (of: (turn: Turn) => number): { mean: number; upper: number } => estimateRatio(done.map(of));
  const checks = [
    ratioCheck(
      "CPU over the SDK with one keep-alive handler",
      ratio((turn) => turn.sharded.cpuUs / turn.keepAlive.cpuUs),
      1.05,
    ),
    ratioCheck(
      "CPU over the SDK as shipped",
      ratio((turn) => turn.sharded.cpuUs / turn.shipped.cpuUs),
      0.5,
    ),
    ratioCheck(
      "p50 over the SDK as shipped",
      ratio((turn) => turn.sharded.p50Ms / turn.shipped.p50Ms),
      0.5,
    ),
    ratioCheck("an event of a stream, over the SDK's own", estimateRatio(stream.ratios), 2),
    check(`connections for ${many.targets} targets, ${many.inFlight} calls in flight`, many.mostSockets, many.inFlight),
    check("heap of a used target, KB", many.heapKb, 30),
  ];
  console.log(table(["", "measured", "upper 95 %", "bar", ""], checks));
}

function ratioCheck(name: string, { mean, upper }: { mean: number; upper: number }, bar: number): readonly string[] {
  return [name, mean.toFixed(3), upper.toFixed(3), `≤ ${bar}`, verdict(upper <= bar)];
}

function check(name: string, value: number, bar: number): readonly string[] {
  return [name, value.toFixed(Number.isInteger(value) ? 0 : 1), "", `≤ ${bar}`, verdict(value <= bar)];
}

function verdict(isMet: boolean): string {
  if (!isMet) process.exitCode = 1;
  return isMet ? "met" : "MISSED";
}
