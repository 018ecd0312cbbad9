// Run by Jest in CommonJS, its default; needs NODE_OPTIONS=--experimental-vm-modules, as Jest's own docs say.
const { callOnce } = require("./call-once.cjs");

test("a CommonJS Jest test can import the packages", async () => {
  const { ShardedBedrockRuntime, createRoutedFetch } = await import("@shardrock/core");
  const { startSimulatedFleet } = await import("@shardrock/simulator");

  await callOnce({ ShardedBedrockRuntime, createRoutedFetch, startSimulatedFleet });
});
