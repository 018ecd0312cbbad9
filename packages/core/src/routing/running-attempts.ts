import type { Target } from "../budget/target.ts";
import type { RoutedCall } from "./routed-call.ts";
import type { RunningAttempt } from "./running-attempt.ts";

/** Somebody who waits for attempts to end. */
interface Watch {
  readonly left: Set<RunningAttempt>;
  readonly resolve: () => void;
}

/** Every attempt under way, a stream until its last event. */
export class RunningAttempts {
  readonly #running = new Map<RunningAttempt, RoutedCall>();
  readonly #watches = new Set<Watch>();

  add(attempt: RunningAttempt, call: RoutedCall): void {
    this.#running.set(attempt, call);
  }

  /** Those that are asked for, with their calls. */
  which(isAskedFor: (attempt: RunningAttempt) => boolean): readonly (readonly [RunningAttempt, RoutedCall])[] {
    return [...this.#running].filter(([attempt]) => isAskedFor(attempt));
  }

  remove(attempt: RunningAttempt): void {
    this.#running.delete(attempt);
    for (const watch of this.#watches) {
      if (watch.left.delete(attempt) && watch.left.size === 0) this.#tell(watch);
    }
  }

  /** Resolves when those that run now have ended; later ones do not count. @param at - of these targets only. */
  ended(at: (target: Target) => boolean): Promise<void> {
    const left = new Set([...this.#running.keys()].filter(({ start }) => at(start.target)));
    if (left.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#watches.add({ left, resolve }));
  }

  /** Breaks off all that runs. @param reason - makes an error for each: errors are marked with who served the call. */
  stop(reason: () => Error): void {
    for (const attempt of this.#running.keys()) attempt.stop(reason());
  }

  #tell(watch: Watch): void {
    this.#watches.delete(watch);
    watch.resolve();
  }
}
