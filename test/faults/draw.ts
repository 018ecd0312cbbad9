import { type Random, seededRandom } from "@shardrock/core";

/** Everything a run draws by chance, from one seed. */
export class Draw {
  readonly random: Random;

  constructor(seed: number) {
    this.random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ 0x5f3759df);
  }

  /** A whole number of `least` to `most`. */
  int(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }

  /** One of them, or undefined for the rest of the chance. */
  maybe<T>(share: number, draw: () => T): T | undefined {
    return this.chance(share) ? draw() : undefined;
  }
}
