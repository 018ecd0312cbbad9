import { createHash } from "node:crypto";
import { withPageFields } from "../store/page-layout.ts";

/** A script as it is sent: once by its text where the server does not know it, else by its SHA-1. */
export interface Script {
  readonly name: string;
  readonly lua: string;
  readonly sha: string;
}

/** Puts a script together: where it has its time from, then its pieces. */
export function script(name: string, parts: readonly string[]): Script {
  const lua = withPageFields(parts.join("\n"));
  return { name, lua, sha: createHash("sha1").update(lua).digest("hex") };
}
