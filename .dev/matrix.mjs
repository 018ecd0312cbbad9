import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAttached, runQuietly } from "./command.mjs";
import { checkPackages, packageFolders, removeStaleBuilds, tarballOf } from "./packages.mjs";
import { root } from "./root.mjs";

const loadedOn = ["20.19", "22", "24", "26"];
const testedOn = ["22", "24"];

/**
 * What needs other Nodes and the npm registry, so no part of the tests: the packed packages loaded by `import` and
 * `require()` on every supported Node, their types under TypeScript 5.9, one Jest test, and all tests on newer Nodes.
 * @param args - `--quick`: not all the tests.
 */
export async function matrix(args) {
  const steps = [
    ["pack", pack],
    ["install", install],
    ...loadedOn.flatMap((version) => [
      [`import on Node ${version}`, () => onNode(version, "node load.mjs")],
      [`require() on Node ${version}`, () => onNode(version, "node load.cjs")],
    ]),
    ["TypeScript 5.9", () => inConsumer("tsc -p .")],
    ["Jest, CommonJS", () => inConsumer("NODE_OPTIONS=--experimental-vm-modules jest --rootDir .")],
    ...(args.includes("--quick") ? [] : testedOn.map((version) => [`tests on Node ${version}`, () => testOn(version)])),
  ];
  const failed = [];
  for (const [name, step] of steps) {
    const { isOk, output = "" } = await step();
    console.log(`${name.padEnd(24)} ${isOk ? "ok" : "FAILED"}`);
    if (isOk) continue;
    failed.push(name);
    console.log(output.trimEnd());
    if (name === "pack" || name === "install") break;
  }
  return failed.length === 0 ? 0 : 1;
}

// Outside the repository, so that nothing is found in its node_modules.
const consumer = join(tmpdir(), "shardrock-consumer");

async function pack() {
  removeStaleBuilds();
  const built = await runQuietly("tsc", ["-b", ...packageFolders()]);
  return built.isOk ? checkPackages() : built;
}

/** A project of a user: the tarballs, the SDK they bring along, and the tools of the checks. */
function install() {
  rmSync(consumer, { recursive: true, force: true });
  mkdirSync(consumer, { recursive: true });
  cpSync(join(root, "test/packaging/consumer"), consumer, { recursive: true });
  const packed = Object.fromEntries(
    packageFolders().map((folder) => [`@shardrock/${folder.split("/")[1]}`, `file:${tarballOf(folder)}`]),
  );
  const dependencies = { ...packed, "@aws-sdk/client-bedrock-runtime": "3.1163.0" };
  const devDependencies = { jest: "^30", typescript: "~5.9.3", "@types/node": "^20" };
  const manifest = { private: true, dependencies, devDependencies, overrides: packed };
  writeFileSync(join(consumer, "package.json"), JSON.stringify(manifest));
  return inConsumer("npm install --no-audit --no-fund --loglevel=error");
}

function onNode(version, command) {
  return inConsumer(`npx --yes -p node@${version} -c '${command}'`);
}

function inConsumer(command) {
  return runQuietly("sh", ["-c", `cd '${consumer}' && PATH="$PWD/node_modules/.bin:$PATH" ${command}`]);
}

async function testOn(version) {
  const code = await runAttached("npx", ["--yes", "-p", `node@${version}`, "-c", "node .dev/run.mjs test"]);
  return { isOk: code === 0 };
}
