import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const workspaceRoot = fileURLToPath(new URL("../..", import.meta.url));

/** What these tests read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly license?: string;
  readonly sideEffects?: boolean;
  readonly engines?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  /** What each subpath leads to, by condition; `./package.json` leads to a file. */
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>> | string>>;
  readonly publishConfig?: { readonly access?: string; readonly exports?: Readonly<Record<string, unknown>> };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Folders under `packages/`, by name. */
export const packageNames: readonly string[] = readdirSync(join(workspaceRoot, "packages")).filter((name) =>
  existsSync(join(workspaceRoot, "packages", name, "package.json")),
);

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(workspaceRoot, folder, "package.json"), "utf8")) as Manifest;
}

/** The text of a file, or undefined when there is none. */
export function readText(path: string): string | undefined {
  const file = join(workspaceRoot, path);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
