import type { TimeUnit } from "./time-units.ts";

const msPer: Readonly<Record<TimeUnit, number>> = { s: 1_000, ms: 1, us: 1e-3, ns: 1e-6 };

/** `2026-11-23T10:15:46.6805900Z`, with a space for the T, without seconds' fraction or zone. */
const isoTime =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s?(?:(Z|UTC)|([+-])(\d{2}):?(\d{2}))?$/i;

/**
 * Reads the times of one trace. The first number decides for all of them what they count, unless it was told: seconds,
 * ms, µs or ns by its size, since 1970 or since the trace began.
 */
export class TraceTime {
  #unit: TimeUnit | undefined;

  constructor(unit?: TimeUnit) {
    this.#unit = unit;
  }

  /** @returns ms, with fractions; undefined when it is no time. */
  read(value: unknown): number | undefined {
    if (typeof value === "number") return this.#ofNumber(value);
    if (typeof value !== "string") return undefined;
    const text = value.trim();
    if (/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text)) return this.#ofNumber(Number(text));
    return ofIso(text);
  }

  #ofNumber(value: number): number | undefined {
    if (!Number.isFinite(value)) return undefined;
    this.#unit ??= unitOf(value);
    return value * msPer[this.#unit];
  }
}

/** What people are told that a time looks like. */
export const expectedTime = "a time: ISO 8601 such as 2026-11-23T10:15:46.680Z, or a number of s, ms, µs or ns";

/** From the year 1973 on, or since the trace began when that is in seconds. */
function unitOf(value: number): TimeUnit {
  const size = Math.abs(value);
  if (size < 1e11) return "s";
  if (size < 1e14) return "ms";
  return size < 1e17 ? "us" : "ns";
}

/** A time without a zone is UTC. */
function ofIso(text: string): number | undefined {
  const match = isoTime.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1, 6).map(Number);
  const second = Number(match[6] ?? 0);
  if (month > 12 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  const midnight = Date.UTC(year, month - 1, day);
  const isReal = new Date(midnight).getUTCDate() === day && month > 0 && day > 0;
  if (!isReal) return undefined;
  const fraction = match[7] === undefined ? 0 : Number(`0.${match[7]}`);
  const zoneMinutes = Number(match[10] ?? 0) * 60 + Number(match[11] ?? 0);
  const aheadMs = (match[9] === "-" ? -zoneMinutes : zoneMinutes) * 60_000;
  return midnight + ((hour * 60 + minute) * 60 + second + fraction) * 1_000 - aheadMs;
}
