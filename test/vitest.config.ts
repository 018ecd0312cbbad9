import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// The packages' sources, so that no build is needed first. Not the condition `module`: the AWS SDK breaks on it.
const conditions = ["@shardrock/source", "node", "import", "default"];

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  cacheDir: ".cache/vite",
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
    setupFiles: ["test/no-network.ts"],
    pool: "threads",
    maxWorkers: "100%", // else one core does nothing, which of two is half of them
    // Some properties run for seconds, and a busy machine must fail nothing.
    testTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    env: { AWS_EC2_METADATA_DISABLED: "true", AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
  },
});
