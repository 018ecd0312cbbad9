import type { Limit, Limits, LimitSource } from "@shardrock/core";

/** A part of each limit, for one of several processes that cannot ask each other. */
export class ShareLimits implements Limits {
  readonly #limits: Limits;
  readonly #share: number;

  /** @param share - 0 to 1. */
  constructor(limits: Limits, share: number) {
    this.#limits = limits;
    this.#share = share;
  }

  get(key: string): Limit | undefined {
    const limit = this.#limits.get(key);
    if (limit === undefined) return undefined;
    const { value, published, source, foreignUse, most } = limit;
    const part = (units: number): number => units * this.#share;
    return {
      value: part(value),
      published: part(published),
      source,
      ...(foreignUse === undefined ? {} : { foreignUse: part(foreignUse) }),
      ...(most === undefined ? {} : { most: part(most) }),
    };
  }

  set(key: string, published: number, source: LimitSource): void {
    this.#limits.set(key, published, source);
  }

  setForeignUse(key: string, units: number): void {
    this.#limits.setForeignUse(key, units);
  }

  onChange(listener: (key: string) => void): Disposable {
    return this.#limits.onChange(listener);
  }
}
