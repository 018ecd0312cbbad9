// The same from CommonJS: `require()` of an ES module, which a top-level await anywhere below would break.
const { ShardedBedrockRuntime, createRoutedFetch } = require("@shardrock/core");
const { startSimulatedFleet } = require("@shardrock/simulator");
const { callOnce } = require("./call-once.cjs");

void callOnce({ ShardedBedrockRuntime, createRoutedFetch, startSimulatedFleet }).then(() =>
  console.log(`require() works on Node ${process.version}`),
);
