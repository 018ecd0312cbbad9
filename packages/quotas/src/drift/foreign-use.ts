import type { DriftRules } from "./drift-options.ts";
import { type ByMinute, type Counts, minuteMs, surplusPerMinute } from "./surplus.ts";

/** What was asked about one quota, and came back. */
export interface Observation extends Counts {
  /** False: AWS said that more may come. */
  readonly isComplete: boolean;
}

/** Of the quota that is corrected. */
export interface QuotaShape {
  /** Units per window, as published. */
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * What others use of one quota, by what AWS counted minute for minute: more is believed at once, less smoothly, and
 * silence hardly changes anything. Pure: time is an argument.
 */
export class ForeignUse {
  readonly #rules: DriftRules;
  /** Units a minute. */
  #perMinute = 0;
  /** The same, as it was last told. */
  #told = 0;
  #atMs: number | undefined;
  /** What AWS had counted when it was asked before: a count that still grows is not done. */
  #before: ByMinute = new Map();

  constructor(rules: DriftRules) {
    this.#rules = rules;
  }

  /**
   * AWS was asked; undefined: in vain.
   * @param nowMs - of a clock that never runs backwards.
   * @returns what others use, in units per window, 0 up to the limit. Another number only when it means something.
   */
  observe(observation: Observation | undefined, { limit, windowMs }: QuotaShape, nowMs: number): number {
    const sinceMs = nowMs - (this.#atMs ?? nowMs);
    this.#atMs = nowMs;
    const mostPerMinute = (limit * minuteMs) / windowMs;
    this.#believe(observation, mostPerMinute, sinceMs);
    this.#perMinute = Math.min(this.#perMinute, mostPerMinute);
    this.#told = Math.min(this.#told, mostPerMinute);
    this.#tell(mostPerMinute * this.#rules.deadBand);
    return (this.#told * windowMs) / minuteMs;
  }

  #believe(observation: Observation | undefined, mostPerMinute: number, sinceMs: number): void {
    const { fallHalfLifeMs, silentHalfLifeMs } = this.#rules;
    const seen = observation && surplusPerMinute(observation, mostPerMinute);
    const sure = observation && surplusPerMinute(this.#settled(observation), mostPerMinute);
    if (observation !== undefined) this.#before = observation.counted;
    const most = Math.max(seen ?? 0, sure ?? 0);
    if (seen !== undefined && most >= this.#perMinute) this.#perMinute = most;
    else if (sure === undefined) this.#perMinute *= halved(sinceMs, silentHalfLifeMs);
    else this.#perMinute = sure + (this.#perMinute - sure) * halved(sinceMs, fallHalfLifeMs);
  }

  /** The minutes whose count has not changed since AWS was asked before; none while more may come. */
  #settled({ counted, own, isComplete }: Observation): Counts {
    const minutes = [...counted].filter(([minute, units]) => isComplete && this.#before.get(minute) === units);
    return { counted: new Map(minutes), own };
  }

  /** A limit that trembles with every count would be learned anew with every count. */
  #tell(noise: number): void {
    if (this.#perMinute <= noise) this.#told = 0;
    else if (Math.abs(this.#perMinute - this.#told) > noise) this.#told = this.#perMinute;
  }
}

/** What is left after a time. */
function halved(ms: number, halfLifeMs: number): number {
  return 2 ** (-ms / halfLifeMs);
}
