import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { runQuietly } from "./command.mjs";
import { root } from "./root.mjs";

const tarballFolder = join(root, ".cache/tarballs");

/** `packages/core` and so on. */
export function packageFolders() {
  const folders = readdirSync(join(root, "packages")).map((name) => `packages/${name}`);
  return folders.filter((folder) => existsSync(join(root, folder, "package.json")));
}

/** Removes what was built from sources that are gone, so that it is not packed. */
export function removeStaleBuilds() {
  for (const folder of packageFolders()) {
    const built = join(root, folder, "dist");
    for (const path of existsSync(built) ? readdirSync(built, { recursive: true }) : []) {
      const [, name] = /^(.+?)(?:\.js|\.js\.map|\.d\.ts)$/.exec(path) ?? [];
      if (name && !existsSync(join(root, folder, "src", `${name}.ts`))) rmSync(join(built, path));
    }
  }
}

/** Packs every package as it would be published, and looks at the tarballs as a stranger would. Needs a build. */
export async function checkPackages() {
  rmSync(tarballFolder, { recursive: true, force: true });
  mkdirSync(tarballFolder, { recursive: true });
  const results = await Promise.all(packageFolders().map(checkPackage));
  return { isOk: results.every(({ isOk }) => isOk), output: results.map(({ output }) => output).join("\n") };
}

/** Where a package's tarball lies once it was packed. */
export function tarballOf(folder) {
  return join(tarballFolder, `${basename(folder)}.tgz`);
}

async function checkPackage(folder) {
  const tarball = tarballOf(folder);
  const packed = await runQuietly("pnpm", ["--dir", folder, "pack", "--out", tarball]);
  if (!packed.isOk) return packed;
  const looks = await Promise.all([
    runQuietly("publint", ["--strict", tarball]),
    runQuietly("attw", ["--profile", "esm-only", "--no-emoji", tarball]),
    hasFiles(tarball, ["README.md", "LICENSE"]),
    loadsBothWays(folder, tarball),
  ]);
  const complaints = looks.filter(({ isOk }) => !isOk).map(({ output }) => output.trim());
  return { isOk: complaints.length === 0, output: complaints.map((text) => `${folder}\n${text}`).join("\n") };
}

/**
 * Loads every entry of what was packed by `import` and by `require()`, which a top-level await would break. Unpacked inside
 * the package's own node_modules, so that it finds its dependencies and nothing of the workspace's sources.
 */
async function loadsBothWays(folder, tarball) {
  const place = join(root, folder, "node_modules/.packed");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const unpacked = await runQuietly("tar", ["-xzf", tarball, "-C", place]);
  if (!unpacked.isOk) return unpacked;
  const { exports } = JSON.parse(readFileSync(join(place, "package/package.json"), "utf8"));
  const entries = Object.values(exports).flatMap((entry) => entry.default ?? []);
  const code = `for (const entry of ${JSON.stringify(entries.map((entry) => join(place, "package", entry)))}) {
    const required = Object.keys(require(entry));
    import(entry).then((imported) => {
      if (required.length === 0 || required.length !== Object.keys(imported).length) process.exitCode = 1;
    });
  }`;
  return runQuietly(process.execPath, ["--input-type=commonjs", "-e", code]);
}

async function hasFiles(tarball, names) {
  const { output } = await runQuietly("tar", ["-tzf", tarball]);
  const listed = new Set(output.split("\n"));
  const missing = names.filter((name) => !listed.has(`package/${name}`));
  return { isOk: missing.length === 0, output: `not in the tarball: ${missing.join(", ")}` };
}
