/**
 * What one book in Redis costs and brings: how fast reservations are beside PING and the barest script, what 16 processes
 * with one book carry beside one process with its book in memory, what is left while Redis is gone, and what bottleneck and
 * rate-limiter-flexible carry on the same load. Starts redis-servers of its own.
 *
 *   pnpm bench redis [--part speed,fleet,gone,others] [--limiter bucket25] [--quick]
 *
 * Exits with 1 when a bar is missed. `--quick` only shows that it runs: its figures mean nothing.
 */
import { sayMachine, thisMachine } from "./ceiling/machine.ts";
import { buildPackages } from "./measure/build-packages.ts";
import { fleetLines, goneLines, otherLines } from "./redis/fleet/fleet-rows.ts";
import { type Part, readOptions } from "./redis/options.ts";
import { hasRedisServer } from "./redis/redis-server.ts";
import { sayLines } from "./redis/report.ts";
import { measureSpeed, speedLines } from "./redis/speed/speed-rows.ts";

const options = readOptions(process.argv.slice(2));
if (!hasRedisServer()) throw new Error("there is no redis-server on this machine: apt-get install redis-server");
buildPackages();
const startMs = performance.now();
console.log(`pnpm bench redis: ${sayMachine(thisMachine())}, ${options.limiter}`);

const sayPart: Record<Part, () => Promise<readonly string[]>> = {
  speed: async () => {
    const result = await measureSpeed(options.isQuick);
    const missed = sayLines("One connection, 8 candidates with 2 quotas each", speedLines(result));
    console.log(`${Math.round(result.bytesPerQuota)} bytes of Redis's memory for each quota`);
    return missed;
  },
  fleet: async () => sayLines("4 accounts at 3x: one book, in Redis and in memory", await fleetLines(options)),
  gone: async () => sayLines("The same while Redis does not answer for 30 s of 120", await goneLines(options)),
  others: async () => sayLines("The same load with what people use today", await otherLines(options)),
};

const missed: string[] = [];
for (const part of options.parts) missed.push(...(await sayPart[part]()));
console.log(`\nin ${Math.round((performance.now() - startMs) / 1e3)} s`);
console.log(missed.length === 0 ? "every bar met" : `MISSED:\n${missed.join("\n")}`);
if (missed.length > 0) process.exitCode = 1;
