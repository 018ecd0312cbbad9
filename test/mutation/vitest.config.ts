import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vitest/config";
import plain from "../vitest.config.ts";

const core = fileURLToPath(new URL("../../packages/core/src/index.ts", import.meta.url));

/** For `pnpm mutate`, which names the tests, runs a copy of the workspace and must not find the original of a package. */
const config = mergeConfig(plain, { resolve: { alias: { "@shardrock/core": core } } });

export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: JSON.parse(process.env["SHARDROCK_MUTATION_TESTS"] ?? "[]") as string[],
    testTimeout: 5_000,
  },
});
