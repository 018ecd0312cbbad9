import { runVirtual } from "./ceiling/virtual-run.ts";
import { arrivalsOf } from "./ceiling/cell.ts";
import { defaultSize, sum } from "./ceiling/size.ts";
const [limiter, workload, load = "3", seed="1"] = process.argv.slice(2);
for (const contender of ["shardrock", "told"] as const) {
  const r = await runVirtual({ contender, limiter, streams: [{ name: "x", workload, load: Number(load) }], seed: +seed, minutes: 30, learningMinutes: 0, size: defaultSize } as any, arrivalsOf(undefined));
  console.log(contender, (r.after.goodput * 100).toFixed(2), Object.keys(r), (r as any).windows[0].map((t: number) => ((t / sum(defaultSize.tokensPerMinute)) * 100).toFixed(1)).join(" "));
}
