import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const bin = fileURLToPath(new URL("../../packages/cli/bin/shardrock.js", import.meta.url));
const run = promisify(execFile);

/** Runs the built `shardrock` as a process of its own, in a folder. @returns what it printed. @throws when it fails. */
export async function shardrock(folder: string, ...argv: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [bin, ...argv], { cwd: folder, maxBuffer: 1e9 });
  return stdout;
}
