import { createHash } from "node:crypto";
import { withPageFields } from "../store/page-layout.ts";

/** A script as it is sent: once by its text where the server does not know it, else by its SHA-1. */
export interface Script {
  readonly name: string;
  readonly lua: string;
  readonly sha: string;
}

/**
 * Puts a script together: where it has its time from, then its pieces. Its functions become fields of one table: Lua makes
 * them anew at every call, and looks up every outer variable that each of them mentions.
 */
export function script(name: string, parts: readonly string[]): Script {
  const lua = withPageFields(inOneTable(parts.join("\n")));
  return { name, lua, sha: createHash("sha1").update(lua).digest("hex") };
}

function inOneTable(lua: string): string {
  const names = [...lua.matchAll(/^local function (\w+)/gm)].map(([, name = ""]) => name);
  if (names.length === 0) return lua;
  const calls = new RegExp(`(?<![.\\w])(?:local function )?(${names.join("|")})\\(`, "g");
  const called = lua.replaceAll(calls, (found, name: string) => {
    return found.startsWith("local") ? `function M.${name}(` : `M.${name}(`;
  });
  return `local M = {}\n${called}`;
}
