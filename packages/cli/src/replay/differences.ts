import type { Difference } from "../plan/plan-report.ts";
import { spreadOf } from "../plan/spread.ts";
import type { SimulationReport } from "../simulation/simulation-report.ts";

interface Figure extends Pick<Difference, "name" | "unit"> {
  readonly of: (report: SimulationReport) => number;
}

const share = (name: string, count: (report: SimulationReport) => number): Figure => ({
  name,
  unit: "share",
  of: (report) => count(report) / Math.max(1, report.offered),
});
const ms = (name: string, of: Figure["of"]): Figure => ({ name, unit: "ms", of });

const figures: readonly Figure[] = [
  share("served", ({ served }) => served),
  share("delayed", ({ delayed }) => delayed),
  share("refused", ({ refused }) => refused),
  share("too large, or nowhere to go", ({ tooLarge, nowhere, failed }) => tooLarge + nowhere + failed),
  ms("mean wait", ({ waits }) => waits.meanMs),
  ms("p50 wait", ({ waits }) => waits.p50Ms),
  ms("p95 wait", ({ waits }) => waits.p95Ms),
  ms("p99 wait", ({ waits }) => waits.p99Ms),
  ms("longest wait", ({ waits }) => waits.longestMs),
  { name: "refused by AWS", unit: "count", of: ({ throttled }) => throttled },
  { name: "most waiting at once", unit: "count", of: ({ peak }) => peak.waiting },
];

/** Figures under two configs, and how they differ run by run. @param second - of the same runs, in the same order. */
export function differencesOf(
  first: readonly SimulationReport[],
  second: readonly SimulationReport[],
): readonly Difference[] {
  return figures.map(({ name, unit, of }) => {
    const [before, after] = [first.map(of), second.map(of)];
    return {
      name,
      unit,
      first: spreadOf(before),
      second: spreadOf(after),
      change: spreadOf(after.map((value, place) => value - (before[place] ?? 0))),
    };
  });
}
