// What a user's project does with the published packages, as an ES module.
import { ShardedBedrockRuntime, createRoutedFetch } from "@shardrock/core";
import { startSimulatedFleet } from "@shardrock/simulator";
import { callOnce } from "./call-once.cjs";

await callOnce({ ShardedBedrockRuntime, createRoutedFetch, startSimulatedFleet });
console.log(`import works on Node ${process.version}`);
