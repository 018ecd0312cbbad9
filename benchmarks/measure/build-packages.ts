import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Builds what the bench runs on, as far as it is not built yet. @throws {Error} when it does not build. */
export function buildPackages(): void {
  const packages = [
    "packages/cli",
    "packages/core",
    "packages/failover",
    "packages/quotas",
    "packages/redis",
    "packages/simulator",
  ];
  const { status } = spawnSync("tsc", ["-b", ...packages], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("the packages do not build");
}
