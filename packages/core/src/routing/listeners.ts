import type { RouterEvent, RouterListener } from "./router-event.ts";

/** Says whether a listener wants a kind of event now; an event nobody wants is not made. */
export type Hears = (kind: RouterEvent["kind"]) => boolean;

interface Seat {
  readonly listener: RouterListener;
  readonly hears: Hears | undefined;
}

/** Everyone who listens. What a listener does harms neither the call nor the other listeners. */
export class Listeners {
  /** Replaced, never changed: a listener may leave while an event goes round. */
  #seats: readonly Seat[] = [];
  readonly #onFailure: (error: unknown) => void;

  /** @param onFailure - called for each event a listener failed to take. */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** Dispose to leave. */
  add(listener: RouterListener, hears?: Hears): Disposable {
    const seat: Seat = { listener, hears };
    this.#seats = [...this.#seats, seat];
    return { [Symbol.dispose]: () => void (this.#seats = this.#seats.filter((other) => other !== seat)) };
  }

  /** Whether anybody wants events of a kind now. */
  hear(kind: RouterEvent["kind"]): boolean {
    for (const seat of this.#seats) if (this.#wants(seat, kind)) return true;
    return false;
  }

  tell(event: RouterEvent): void {
    for (const seat of this.#seats) if (this.#wants(seat, event.kind)) this.tellOne(seat.listener, event);
  }

  tellOne(listener: RouterListener, event: RouterEvent): void {
    try {
      const answer = listener(event);
      if (isThenable(answer)) Promise.resolve(answer).catch(this.#onFailure);
    } catch (error) {
      this.#onFailure(error);
    }
  }

  #wants({ hears }: Seat, kind: RouterEvent["kind"]): boolean {
    if (hears === undefined) return true;
    try {
      return hears(kind);
    } catch (error) {
      this.#onFailure(error);
      return false;
    }
  }
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return typeof answer === "object" && answer !== null && "then" in answer;
}
