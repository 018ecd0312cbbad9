import { ShardrockError } from "../errors.ts";
import type { Limit, Limits, LimitSource } from "./limits.ts";

/** Limits kept in this process. */
export class MemoryLimits implements Limits {
  readonly #limits = new Map<string, Limit>();
  readonly #listeners = new Set<(key: string) => void>();

  get(key: string): Limit | undefined {
    return this.#limits.get(key);
  }

  set(key: string, value: number, source: LimitSource): void {
    if (!Number.isFinite(value) || value < 0) {
      throw new ShardrockError("option-invalid", `limit of ${key} must be a finite number from 0 up, got ${value}`);
    }
    const before = this.#limits.get(key);
    this.#limits.set(key, { value, source });
    if (before?.value === value) return;
    for (const listener of this.#listeners) listener(key);
  }

  /** A quota that is not there any more: nothing fits on it. */
  remove(key: string): void {
    if (!this.#limits.delete(key)) return;
    for (const listener of this.#listeners) listener(key);
  }

  onChange(listener: (key: string) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
}
