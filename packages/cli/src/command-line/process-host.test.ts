import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const entry = fileURLToPath(new URL("../index.ts", import.meta.url));
const code = `import { main } from ${JSON.stringify(entry)}; process.exitCode = await main(process.argv.slice(1));`;
const onSources = ["--import", "tsx", "--conditions=@shardrock/source", "--input-type=module", "--eval", code];

interface Ended {
  readonly code: number | null;
  readonly err: string;
}

/** A command in a process of its own; `onOut` is told what it writes. */
function shardrock(argv: readonly string[], cwd: string) {
  const child = spawn(process.execPath, [...onSources, ...argv], {
    cwd,
    env: { ...process.env, NODE_PATH: "", AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  });
  let err = "";
  child.stderr.on("data", (piece: Buffer) => (err += piece.toString()));
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, err })));
  return { child, ended };
}

/** Long enough to be interrupted, and over by itself in a minute should nobody be left to do that. */
const long = ["generate", "--rps", "1000", "--duration", "2h", "--input", "100,200", "--output", "10,20"];
const root = fileURLToPath(new URL("../../../..", import.meta.url));

it("ends with 130 on Ctrl-C and leaves no half-written file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "shardrock-ctrl-c-"));
  const { child, ended } = shardrock([...long, "--out", join(folder, "a.csv")], root);
  await expect.poll(() => readdirSync(folder)).toHaveLength(1);

  child.kill("SIGINT");

  expect(await ended).toEqual({ code: 130, err: "interrupted\n" });
  expect(readdirSync(folder)).toEqual([]);
});

it("ends in silence when nobody reads on, as after `| head`", async () => {
  const { child, ended } = shardrock(long, root);
  await new Promise((resolve) => child.stdout.once("data", resolve));

  child.stdout.destroy();

  expect(await ended).toEqual({ code: 0, err: "" });
});
