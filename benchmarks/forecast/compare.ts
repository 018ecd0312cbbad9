import { median } from "../measure/median.ts";
import { percent } from "../measure/table.ts";
import type { Forecast } from "./forecast-of.ts";
import { type Outcome, type RealOutcome, type WaitName } from "./outcome.ts";
import { accounts, type Setting } from "./scene.ts";

/** A setting, what was forecast of it, and how it was. */
export interface Compared {
  readonly setting: Setting;
  readonly forecast: Forecast;
  /** One for each time that it was tried. */
  readonly real: readonly RealOutcome[];
}

/** One figure twice. */
export interface Comparison {
  readonly name: string;
  readonly kind: "share" | "ms";
  readonly forecast: Range;
  readonly real: Range;
  /** Between the medians, of the forecast's, 0 up; between waits that are nearly the same, 0. */
  readonly off: number;
  /** The most that it may be; undefined: it is shown only. */
  readonly bar: number | undefined;
}

/** The median, the least and the most. */
export interface Range {
  readonly typical: number;
  readonly least: number;
  readonly most: number;
}

const bars = { served: 0.03, utilisation: 0.03, p95: 0.1 } as const;
/** Waits that are no further apart are the same: timers are late, and a call over sockets ends a little later. */
export const sameWaitMs = 25;

/** All that is compared: calls served, refused and throttled, waits, and each quota. */
export function comparisonsOf({ forecast, real }: Compared): readonly Comparison[] {
  const at = (name: string, valueOf: (outcome: Outcome) => number, bar?: number): Comparison => {
    const { typical, least, most } = forecast;
    const planned = { typical: valueOf(typical), least: valueOf(least), most: valueOf(most) };
    const happened = rangeOf(real.map(valueOf));
    const off = Math.abs(happened.typical / planned.typical - 1);
    return { name, kind: "share", forecast: planned, real: happened, off, bar };
  };
  const wait = (name: WaitName, bar?: number): Comparison => {
    const compared = at(`wait ${name}`, ({ waits }) => waits[name], bar);
    const isSame = Math.abs(compared.real.typical - compared.forecast.typical) <= sameWaitMs;
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

/** The forecast and what was real, each with its spread, and how far they were apart. */
export function sayComparison(comparison: Comparison): readonly string[] {
  const { name, forecast, real, off, bar, kind } = comparison;
  const say = (value: number): string => (kind === "ms" ? `${Math.round(value)}` : (value * 100).toFixed(2));
  const unit = kind === "ms" ? "ms" : "%";
  const sayRange = ({ typical, least, most }: Range): string =>
    least === most ? `${say(typical)} ${unit}` : `${say(typical)} ${unit} (${say(least)}..${say(most)})`;
  const verdict = bar === undefined ? "none" : isMissed(comparison) ? "MISSED" : "met";
  return [
    name,
    sayRange(forecast),
    sayRange(real),
    Number.isFinite(off) ? percent(off, 1) : "-",
    bar === undefined ? "" : percent(bar, 0),
    verdict,
  ];
}

function rangeOf(values: readonly number[]): Range {
  return { typical: median(values), least: Math.min(...values), most: Math.max(...values) };
}
