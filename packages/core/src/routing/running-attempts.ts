import type { Target } from "../budget/target.ts";
import type { AttemptUnderWay } from "./attempt-under-way.ts";
import { ComeAndGo } from "./come-and-go.ts";
import type { RunningAttempt } from "./running-attempt.ts";

/** Somebody who waits for attempts to end. */
interface Watch {
  readonly left: Set<AttemptUnderWay>;
  readonly resolve: () => void;
}

/** Every attempt under way, a stream until its last event. */
export class RunningAttempts {
  readonly #running = new ComeAndGo<AttemptUnderWay>();
  readonly #watches = new Set<Watch>();

  add(underway: AttemptUnderWay): void {
    this.#running.add(underway);
  }

  /** Those that are asked for. */
  which(isAskedFor: (attempt: RunningAttempt) => boolean): readonly AttemptUnderWay[] {
    return this.#running.all().filter(({ running }) => isAskedFor(running));
  }

  remove(underway: AttemptUnderWay): void {
    this.#running.remove(underway);
    if (this.#watches.size === 0) return;
    for (const watch of this.#watches) {
      if (watch.left.delete(underway) && watch.left.size === 0) this.#tell(watch);
    }
  }

  /** Resolves when those that run now have ended; later ones do not count. @param at - of these targets only. */
  ended(at: (target: Target) => boolean): Promise<void> {
    const left = new Set(this.which(({ start }) => at(start.target)));
    if (left.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#watches.add({ left, resolve }));
  }

  /** Breaks off all that runs. @param reason - makes an error for each: errors are marked with who served the call. */
  stop(reason: () => Error): void {
    for (const underway of this.#running.all()) if (underway.listPlace >= 0) underway.running.stop(reason());
  }

  #tell(watch: Watch): void {
    this.#watches.delete(watch);
    watch.resolve();
  }
}
