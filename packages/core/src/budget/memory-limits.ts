import { ShardrockError } from "../errors.ts";
import { leftOf, type Limit, type Limits, type LimitSource } from "./limits.ts";

/** What was set of one quota. */
interface Told {
  readonly published: number;
  readonly source: LimitSource;
}

/** Limits kept in this process. */
export class MemoryLimits implements Limits {
  readonly #told = new Map<string, Told>();
  readonly #foreignUse = new Map<string, number>();
  readonly #limits = new Map<string, Limit>();
  readonly #listeners = new Set<(key: string) => void>();

  get(key: string): Limit | undefined {
    return this.#limits.get(key);
  }

  set(key: string, published: number, source: LimitSource): void {
    demandUnits("limit", key, published);
    this.#told.set(key, { published, source });
    this.#derive(key);
  }

  setForeignUse(key: string, units: number): void {
    demandUnits("foreign use", key, units);
    if (units === 0) this.#foreignUse.delete(key);
    else this.#foreignUse.set(key, units);
    this.#derive(key);
  }

  /** A quota that is not there any more: nothing fits on it. */
  remove(key: string): void {
    this.#foreignUse.delete(key);
    if (!this.#told.delete(key)) return;
    this.#derive(key);
  }

  onChange(listener: (key: string) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #derive(key: string): void {
    const before = this.#limits.get(key);
    const told = this.#told.get(key);
    const foreignUse = this.#foreignUse.get(key);
    if (told === undefined) this.#limits.delete(key);
    else {
      const limit = foreignUse === undefined ? told : { ...told, foreignUse };
      this.#limits.set(key, { ...limit, value: leftOf(limit) });
    }
    if (told?.published === before?.published && foreignUse === before?.foreignUse) return;
    for (const listener of this.#listeners) listener(key);
  }
}

function demandUnits(what: string, key: string, units: number): void {
  if (Number.isFinite(units) && units >= 0) return;
  throw new ShardrockError("option-invalid", `${what} of ${key} must be a finite number from 0 up, got ${units}`);
}
