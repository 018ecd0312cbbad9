import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runQuietly } from "./command.mjs";
import { root } from "./root.mjs";

const pnpmVersion = "12.21.0";
const pnpmFolder = join(root, ".cache/pnpm");
const stampFile = join(root, "node_modules/.installed-lockfile");

/** Puts the pinned pnpm and every tool of the workspace on the PATH, installing what is missing or out of date. */
export async function install() {
  process.env.PATH = [join(root, "node_modules/.bin"), join(pnpmFolder, "bin"), process.env.PATH].join(delimiter);
  if (installedPnpm() !== pnpmVersion) await installPnpm();
  const stamp = lockfileHash();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  console.error("Installing dependencies ...");
  await must("pnpm", ["install", "--frozen-lockfile", "--prefer-offline", "--config.confirmModulesPurge=false"]);
  writeFileSync(stampFile, stamp);
}

function installedPnpm() {
  const manifest = join(pnpmFolder, "lib/node_modules/pnpm/package.json");
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : undefined;
}

function installPnpm() {
  console.error(`Installing pnpm ${pnpmVersion} into .cache ...`);
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier"];
  return must("npm", ["install", "--global", "--prefix", pnpmFolder, ...quiet, `pnpm@${pnpmVersion}`]);
}

function lockfileHash() {
  const hash = createHash("sha256");
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

async function must(program, args) {
  const { isOk, output } = await runQuietly(program, args);
  if (isOk) return;
  console.error(`${output}\nfailed: ${program} ${args.join(" ")}`);
  process.exit(1);
}
