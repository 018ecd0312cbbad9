import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readText, workspaceRoot } from "./workspace.ts";

const sources = readdirSync(join(workspaceRoot, "packages/core/src"), { recursive: true })
  .map(String)
  .filter((path) => path.endsWith(".ts") && !path.includes(".test."))
  .map((path) => ({ path, text: withoutComments(readText(`packages/core/src/${path}`) ?? "") }));

/** By which a program keeps or shows what it has: files, processes, sockets of its own, the console, the terminal. */
const waysToWrite =
  /\bconsole\b\.|process\.(stdout|stderr)|\b(appendFile|createWriteStream|writeFile|mkdir)(Sync)?\(|node:(child_process|cluster|dgram|inspector|sqlite|worker_threads|v8|repl|readline)/;

/** Writes what was learned, numbers and names; the search for canaries reads what it wrote. */
const stateFile = "bedrock/client/state-file.ts";

it("core has no way to write anything down but what it learned", () => {
  expect(sources.length).toBeGreaterThan(150);
  expect(sources.filter(({ text }) => waysToWrite.test(text)).map(({ path }) => path)).toEqual([stateFile]);
  // The other file that touches a disk reads a config.
  const onDisk = sources.filter(({ text }) => /from "node:fs/.test(text)).map(({ path }) => path);
  expect(onDisk.toSorted()).toEqual([stateFile, "bedrock/config/load.ts"]);
});

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(\/?\*|\/\/).*$/gm, "");
}
