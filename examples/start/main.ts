/** The main job in half a minute, without AWS: one account with SDK retries next to Shardrock over four. */
import { seededRandom } from "@shardrock/core";
import { introduction, liveLines, spread, summary } from "./screen.ts";
import { openOneAccount, openShardrock } from "./side.ts";
import { Tally } from "./tally.ts";
import { play } from "./traffic.ts";

const isTerminal = process.stdout.isTTY;
console.log(`${introduction()}\n`);

await using one = await openOneAccount();
await using sharded = await openShardrock();
const standings = [one, sharded].map((side) => ({ side, tally: new Tally() }));

const startMs = performance.now();
let drawn = 0;
const drawing = setInterval(draw, isTerminal ? 250 : 5_000);
await play(standings, seededRandom(1));
clearInterval(drawing);
draw();

const elapsedMs = performance.now() - startMs;
console.log(`\n${summary(standings, elapsedMs)}\n`);
for (const standing of standings) console.log(`${spread(standing, elapsedMs)}\n`);
console.log("Next: README.md, and `npm run example 01`.");

/** On a terminal the lines are drawn over; elsewhere they follow each other. */
function draw(): void {
  const elapsed = performance.now() - startMs;
  const lines = [...liveLines(standings, elapsed), `${(elapsed / 1_000).toFixed(0)} s`];
  if (isTerminal && drawn > 0) process.stdout.write(`\u001b[${drawn}A`);
  for (const line of lines) process.stdout.write(isTerminal ? `\u001b[2K${line}\n` : `${line}\n`);
  drawn = lines.length;
}
