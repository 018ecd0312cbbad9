import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runAttached } from "./command.mjs";
import { root } from "./root.mjs";

/**
 * Runs a TypeScript file on the packages' sources, with this terminal; answers with its exit code.
 * @param script - its path, or a folder and the name or its beginning; each file right in the folder is one script.
 */
export function runScript(script, args) {
  const file = typeof script === "string" ? script : find(script);
  if (!file) return 2;
  return runAttached(process.execPath, ["--import", "tsx", "--conditions=@shardrock/source", file, ...args]);
}

function find({ folder, name }) {
  const names = scriptNames(folder);
  const matches = names.includes(name) ? [name] : names.filter((candidate) => name && candidate.startsWith(name));
  if (matches.length === 1) return `${folder}/${matches[0]}.ts`;
  const problem = !name ? "no name given" : `"${name}" names ${matches.length === 0 ? "none" : matches.length}`;
  console.error(`${folder}: ${problem}. There are:\n${names.map((each) => `  ${each}`).join("\n") || "  (none yet)"}`);
  return undefined;
}

function scriptNames(folder) {
  if (!existsSync(join(root, folder))) return [];
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"));
  return files.map((file) => file.slice(0, -".ts".length)).toSorted();
}
