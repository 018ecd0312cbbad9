import { type Random, seededRandom, ShardrockError } from "@shardrock/core";
import { textHash } from "../text-hash.ts";

/** When points of CloudWatch can be seen. */
export interface ArrivalOptions {
  /** From the end of a point's minute until it shows, in ms, drawn for each. Default 5 to 15 minutes; -60 000: at once. */
  readonly delayMs?: { readonly least: number; readonly most: number };
  /** Share of points that never show, 0 up to 1. Default 0. */
  readonly gapShare?: number;
  /** Share of points that show with a part of their sum first, and in full later. Default 0. */
  readonly splitShare?: number;
}

const minuteMs = 60_000;
const usualDelayMs = { least: 300_000, most: 900_000 };

/** Draws for each point of each series when it shows, and always the same whoever asks in what order. */
export class Arrivals {
  readonly #options: Required<ArrivalOptions>;
  readonly #seed: number;

  /** @throws {ShardrockError} `option-invalid` */
  constructor({ delayMs = usualDelayMs, gapShare = 0, splitShare = 0 }: ArrivalOptions, seed: number) {
    const { least, most } = delayMs;
    if (!(least >= -minuteMs && most >= least)) {
      throw new ShardrockError("option-invalid", `delayMs must go from -60000 up, got ${least} to ${most}`);
    }
    this.#options = { delayMs, gapShare, splitShare };
    this.#seed = seed;
  }

  /** Share of a minute's sum that shows at a time, 0 up to 1. */
  of(series: string, nowMs: number): (startMs: number) => number {
    const seed = textHash(series, this.#seed);
    return (startMs) => this.#shareOf(startMs, nowMs, seededRandom(Math.imul(startMs / minuteMs, 0x9e3779b1) ^ seed));
  }

  #shareOf(startMs: number, nowMs: number, random: Random): number {
    const { delayMs, gapShare, splitShare } = this.#options;
    const { least, most } = delayMs;
    const firstMs = least + random() * (most - least);
    const isGap = random() < gapShare;
    const isSplit = random() < splitShare;
    const lateMs = nowMs - startMs - minuteMs;
    if (isGap || lateMs < firstMs) return 0;
    if (!isSplit) return 1;
    const part = 0.2 + random() * 0.6;
    const wholeMs = firstMs + random() * (most - firstMs);
    return lateMs < wholeMs ? part : 1;
  }
}
