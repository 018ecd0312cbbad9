import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { env } from "node:process";

/** Servers that a machine may have. */
export const servers = ["redis-server", "valkey-server"] as const;
export type ServerName = (typeof servers)[number];

/** Where a server lies; undefined where it is not installed. */
export function binaryOf(name: ServerName): string | undefined {
  return (env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(canRun);
}

/** A server there is: Redis, else Valkey; undefined: none. */
export function anyServer(): string | undefined {
  return servers.map(binaryOf).find((path) => path !== undefined);
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not ours to run
  }
}
