import type { LimiterKind } from "@shardrock/simulator";
import { median } from "../measure/median.ts";
import { percent } from "../measure/table.ts";
import type { RunResult } from "./tally.ts";

/** One case over all its seeds: this library, the told run and what people do today. */
export interface Case {
  readonly limiter: LimiterKind;
  readonly load: number;
  readonly where: "virtual time" | "sockets";
  readonly shardrock: readonly RunResult[];
  readonly told: readonly RunResult[];
  readonly roundRobin: readonly RunResult[];
}

/** A case's figures: medians over seeds. Shares run 0 to 1. */
export interface Figures {
  readonly goodput: number;
  /** Goodput as a share of the told run's. */
  readonly ofTold: number;
  readonly throttled: number;
  readonly served: number;
}

export function figuresOf({ shardrock, told }: Case): Figures {
  return {
    goodput: median(shardrock.map((run) => run.goodput)),
    ofTold: median(shardrock.map((run, seed) => run.goodput / (told[seed]?.goodput ?? Number.NaN))),
    throttled: median(shardrock.map((run) => run.throttled)),
    served: median(shardrock.map((run) => run.served)),
  };
}

/** Lowest and highest of a figure over seeds, as text. */
export function spread(values: readonly number[]): string {
  return `${percent(Math.min(...values))}..${percent(Math.max(...values))}`;
}

/** Which bars a case misses; undefined when it has none. fixed10 is printed only. */
export function missesOf(one: Case): readonly string[] | undefined {
  if (one.limiter === "fixed10") return undefined;
  const { ofTold, throttled, served } = figuresOf(one);
  const bars =
    one.load > 1
      ? ([
          ["goodput of told", ofTold >= 0.95, "≥ 95 %"],
          ["throttled", throttled <= 0.005, "≤ 0.5 %"],
        ] as const)
      : ([
          ["served", served >= 0.99, "≥ 99 %"],
          ["throttled", throttled <= 0.001, "≤ 0.1 %"],
        ] as const);
  return bars.filter(([, isMet]) => !isMet).map(([name, , bar]) => `${name} ${bar}`);
}
