import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { packageNames, readManifest, workspaceRoot } from "./workspace.ts";

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder of a new user, who has installed what would be published and nothing else. */
export interface InstalledCli extends Disposable {
  readonly folder: string;
  /** Runs a program there, with what was installed on the path. */
  run(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
}

/**
 * Builds and packs every package, and has npm install the tarballs in an empty folder, offline: what they depend on are links
 * to the workspace's copies, of nothing but what the packed manifests name.
 * @throws {Error} with what a step printed.
 */
export async function installCli(): Promise<InstalledCli> {
  const place = mkdtempSync(join(tmpdir(), "shardrock-npx-"));
  const [tarballs, folder] = [join(place, "tarballs"), join(place, "empty")];
  const dispose = (): void => rmSync(place, { recursive: true, force: true });
  try {
    mkdirSync(tarballs);
    mkdirSync(folder);
    await demand("tsc", ["-b", ...packageNames.map((name) => `packages/${name}`)], workspaceRoot);
    const pack = (name: string) =>
      demand("pnpm", ["--dir", `packages/${name}`, "pack", "--out", join(tarballs, `${name}.tgz`)], workspaceRoot);
    await Promise.all(packageNames.map(pack));
    const own = packageNames.map((name) => [`@shardrock/${name}`, `file:${join(tarballs, `${name}.tgz`)}`] as const);
    const manifest = { private: true, dependencies: Object.fromEntries([...own, ...foreign()]) };
    writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
    // A linked package has no business to run its scripts here.
    await demand("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
  } catch (error) {
    dispose();
    throw error;
  }
  const run: InstalledCli["run"] = (program, args, env = {}) => runIn(folder, [program, ...args], env);
  return { folder, run, [Symbol.dispose]: dispose };
}

function foreign(): readonly (readonly [name: string, link: string])[] {
  return packageNames.flatMap((name) => {
    const { dependencies, peerDependencies } = readManifest(`packages/${name}`);
    const names = Object.keys({ ...dependencies, ...peerDependencies }).filter(
      (each) => !each.startsWith("@shardrock/"),
    );
    return names.map((each) => {
      const link = realpathSync(join(workspaceRoot, "packages", name, "node_modules", each));
      return [each, `file:${link}`] as const;
    });
  });
}

async function demand(program: string, args: readonly string[], folder: string): Promise<void> {
  const { code, out, err } = await runIn(folder, [program, ...args], {});
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${out}${err}`);
}

function runIn(
  folder: string,
  [program = "", ...args]: readonly string[],
  env: Record<string, string>,
): Promise<Ended> {
  const bins = [join(folder, "node_modules/.bin"), join(workspaceRoot, "node_modules/.bin")];
  const path = [...bins, process.env["PATH"]].join(delimiter);
  const quiet = { npm_config_update_notifier: "false", npm_config_loglevel: "error", NO_COLOR: "1" };
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, PATH: path, ...quiet, ...env } };
    execFile(program, args, options, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, out, err: error !== null && err === "" ? error.message : err });
    });
  });
}
