import type { Target } from "../budget/target.ts";
import { ComeAndGo, type Listed } from "./come-and-go.ts";
import type { RoutedCall } from "./routed-call.ts";
import type { RunningAttempt } from "./running-attempt.ts";

/** An attempt under way, with its call. */
export interface Underway extends Listed {
  readonly attempt: RunningAttempt;
  readonly call: RoutedCall;
}

/** Somebody who waits for attempts to end. */
interface Watch {
  readonly left: Set<Underway>;
  readonly resolve: () => void;
}

/** Every attempt under way, a stream until its last event. */
export class RunningAttempts {
  readonly #running = new ComeAndGo<Underway>();
  readonly #watches = new Set<Watch>();

  /** @returns what `remove` wants. */
  add(attempt: RunningAttempt, call: RoutedCall): Underway {
    const underway = { attempt, call, listPlace: -1 };
    this.#running.add(underway);
    return underway;
  }

  /** Those that are asked for. */
  which(isAskedFor: (attempt: RunningAttempt) => boolean): readonly Underway[] {
    return this.#running.all().filter(({ attempt }) => isAskedFor(attempt));
  }

  remove(underway: Underway): void {
    this.#running.remove(underway);
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
    for (const underway of this.#running.all()) if (underway.listPlace >= 0) underway.attempt.stop(reason());
  }

  #tell(watch: Watch): void {
    this.#watches.delete(watch);
    watch.resolve();
  }
}
