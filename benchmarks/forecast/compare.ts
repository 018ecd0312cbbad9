import { percent } from "../measure/table.ts";
import type { Forecast } from "./forecast-of.ts";
import { type Outcome, type RealOutcome, type WaitName } from "./outcome.ts";
import { accounts, type ForecastRun } from "./scene.ts";

/** A run and what was forecast of it. */
export interface Compared {
  readonly run: ForecastRun;
  readonly forecast: Forecast;
  readonly real: RealOutcome;
}

/** One figure twice. */
export interface Comparison {
  readonly name: string;
  readonly forecast: number;
  /** The least and the most of the plan's runs. */
  readonly spread: readonly [number, number];
  readonly real: number;
  /** Of the forecast, 0 up; where both are nearly nothing, 0. */
  readonly off: number;
  /** The most that it may be; undefined: it is shown only. */
  readonly bar: number | undefined;
  readonly kind: "share" | "ms";
}

const bars = { served: 0.03, utilisation: 0.03, p95: 0.1 } as const;
/** Waits that are no further apart are the same: a call over sockets takes as long besides, and timers are late. */
export const sameWaitMs = 25;

/** All that is compared of a run: calls served, refused and throttled, waits, and each quota. */
export function comparisonsOf({ forecast, real }: Compared): readonly Comparison[] {
  const at = (name: string, valueOf: (outcome: Outcome) => number, bar?: number): Comparison => {
    const [planned, happened] = [valueOf(forecast.typical), valueOf(real)];
    const spread = [valueOf(forecast.least), valueOf(forecast.most)] as const;
    const off = Math.abs(happened / planned - 1);
    return { name, forecast: planned, spread, real: happened, off, bar, kind: "share" };
  };
  const wait = (name: WaitName, bar?: number): Comparison => {
    const compared = at(`wait ${name}`, ({ waits }) => waits[name], bar);
    const isSame = Math.abs(compared.real - compared.forecast) <= sameWaitMs;
    return { ...compared, off: isSame ? 0 : compared.off, kind: "ms" };
  };
  return [
    at("served", ({ served }) => served, bars.served),
    at("refused", ({ refused }) => refused),
    at("failed", ({ failed }) => failed),
    at("throttled", ({ throttled }) => throttled),
    wait("p50"),
    wait("p95", bars.p95),
    wait("p99"),
    ...accounts.map((_, place) =>
      at(`used ${place + 1}`, ({ utilisation }) => utilisation[place] ?? Number.NaN, bars.utilisation),
    ),
  ];
}

/** NaN meets no bar. */
export function isMissed({ off, bar }: Comparison): boolean {
  return bar !== undefined && !(off <= bar);
}

/** The forecast with its spread, what was real, and how far off it was. */
export function sayComparison(comparison: Comparison): readonly string[] {
  const { name, forecast, spread, real, off, bar, kind } = comparison;
  const say = (value: number): string => (kind === "ms" ? `${Math.round(value)} ms` : percent(value));
  const offText = Number.isFinite(off) ? percent(off, 1) : "-";
  const verdict = bar === undefined ? "none" : isMissed(comparison) ? "MISSED" : "met";
  return [name, say(forecast), `${say(spread[0])} .. ${say(spread[1])}`, say(real), offText, bar === undefined ? "" : percent(bar, 0), verdict]; // prettier-ignore
}
