/** The main job in half a minute, without AWS: one account with SDK retries next to Shardrock over four. */
import { main } from "@shardrock/cli";

process.exitCode = await main(["demo", ...process.argv.slice(2)]);
console.log("Next: README.md, and `npm run example 01`.");
