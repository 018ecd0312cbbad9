import { runVirtual } from "./ceiling/virtual-run.ts";
import { arrivalsOf } from "./ceiling/cell.ts";
import { defaultSize } from "./ceiling/size.ts";
const [limiter, workload, minutes = "20", load = "3"] = process.argv.slice(2);
for (const contender of ["shardrock", "told"] as const) {
  const r = await runVirtual({ contender, limiter, streams: [{ name: "x", workload, load: Number(load) }], seed: 1, minutes: Number(minutes), learningMinutes: 10, size: defaultSize } as any, arrivalsOf(undefined));
  console.log(contender, (r.after.goodput * 100).toFixed(2), r.targets.map(({ tokens }, i) => ((tokens / (Number(minutes) - 10) / (defaultSize.tokensPerMinute[i] ?? 1)) * 100).toFixed(1)).join(" "), r.after.throttled, r.after.waitP50Ms);
}
