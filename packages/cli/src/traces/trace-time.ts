import type { TimeUnit } from "./time-units.ts";

const msPer: Readonly<Record<TimeUnit, number>> = { s: 1_000, ms: 1, us: 1e-3, ns: 1e-6 };

/** `2026-11-23T10:15:46.6805900Z`, with a space for the T, without seconds, their fraction or a zone. */
const isoTime =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}(?:[.,]\d{1,12})?))?(?:\s?(?:Z|UTC)|\s?([+-]\d{2}:?\d{2}))?$/i;

/**
 * Reads the times of one trace. The first number decides for all of them what they count, unless it was told: seconds,
 * ms, µs or ns by its size, since 1970 or since the trace began.
 */
export class TraceTime {
  #unit: TimeUnit | undefined;
  #date: string | undefined;
  #midnight: number | undefined;

  constructor(unit?: TimeUnit) {
    this.#unit = unit;
  }

  /** @returns ms, with fractions; undefined when it is no time. */
  read(value: unknown): number | undefined {
    if (typeof value === "number") return this.#ofNumber(value);
    if (typeof value !== "string") return undefined;
    const text = value.trim();
    if (/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text)) return this.#ofNumber(Number(text));
    return this.#ofIso(text);
  }

  /** A time without a zone is UTC. */
  #ofIso(text: string): number | undefined {
    const match = isoTime.exec(text);
    if (match === null) return undefined;
    const midnight = this.#midnightOf(match[1] ?? "");
    const hour = Number(match[2]);
    const minute = Number(match[3]);
    const second = match[4] === undefined ? 0 : Number(match[4].replace(",", "."));
    if (midnight === undefined || hour > 23 || minute > 59 || second >= 61) return undefined;
    const aheadMinutes = match[5] === undefined ? 0 : minutesAhead(match[5]);
    return midnight + ((hour * 60 + minute - aheadMinutes) * 60 + second) * 1_000;
  }

  /** Most rows are of the same day as the one before. */
  #midnightOf(date: string): number | undefined {
    if (date !== this.#date) {
      this.#date = date;
      this.#midnight = midnightOf(date);
    }
    return this.#midnight;
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

/** In ms since 1970; undefined for a day no calendar has. */
function midnightOf(date: string): number | undefined {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const midnight = Date.UTC(year, month - 1, day);
  return new Date(midnight).toISOString().startsWith(date) ? midnight : undefined;
}

/** Of `+05:30` or `-0800`. */
function minutesAhead(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith("-") ? -minutes : minutes;
}
