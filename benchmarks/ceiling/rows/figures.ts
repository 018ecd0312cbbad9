import { baselineNames } from "../contenders/contender.ts";
import type { Figure } from "../figure.ts";
import type { PhaseResult, RunResult } from "../run-result.ts";
import type { Results } from "./row.ts";

/** What counts as carried: tokens, or calls where requests are what binds. */
export type Goodput = "goodput" | "requestGoodput";

/** Goodput after learning, of the summed quotas. */
export function goodput(results: Results, least?: number, of: Goodput = "goodput"): Figure {
  const figure = {
    title: "goodput",
    values: valuesOf(results["shardrock"], ({ after }) => after[of]),
    kind: "share",
  } as const;
  return least === undefined ? figure : { ...figure, bar: { least } };
}

/** Goodput after learning, of the told run of the same seed. */
export function ofTold(results: Results, least: number, of: Goodput = "goodput"): Figure {
  const values = perSeed(results, "told", (run, told) => run.after[of] / told.after[of]);
  return { title: "of told", values, kind: "share", bar: { least } };
}

/** Share of attempts answered 429, in a phase. */
export function throttled(results: Results, phase: "learning" | "after", most?: number): Figure {
  const values = valuesOf(results["shardrock"], (run) => run[phase].throttled);
  const title = phase === "after" ? "throttled" : "while learning";
  const figure = { title, values, kind: "small share" } as const;
  return most === undefined ? figure : { ...figure, bar: { most } };
}

export function wait(results: Results, share: 50 | 99): Figure {
  const field = share === 50 ? "waitP50Ms" : "waitP99Ms";
  return { title: `wait p${share}`, values: valuesOf(results["shardrock"], ({ after }) => after[field]), kind: "ms" };
}

/** What people do today, printed beside it. */
export function baselines(results: Results, fields: readonly (keyof PhaseResult)[]): Figure[] {
  return baselineNames
    .filter((name) => name in results)
    .flatMap((name) =>
      fields.map(
        (field) =>
          ({
            of: name,
            title: field,
            values: valuesOf(results[name], ({ after }) => after[field]),
            kind: field.startsWith("wait") ? "ms" : "share",
          }) as const,
      ),
    );
}

/** A value of this library's run against another run of the same seed; empty when one was not run. */
export function perSeed(
  results: Results,
  other: string,
  value: (run: RunResult, other: RunResult) => number,
): readonly number[] {
  const others = results[other] ?? [];
  return (results["shardrock"] ?? []).flatMap((run, seed) => {
    const beside = others[seed];
    return beside === undefined ? [] : [value(run, beside)];
  });
}

export function valuesOf(runs: readonly RunResult[] | undefined, value: (run: RunResult) => number): readonly number[] {
  return (runs ?? []).map(value);
}
