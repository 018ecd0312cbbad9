import Bottleneck from "bottleneck";
import type { QuotaPlace } from "@shardrock/core";
import { type ApiFamily, apiRates } from "./api-rates.ts";
import { placeKey } from "./place-key.ts";

/** The heartbeat of a limiter costs four timers a second, so a limiter that is not needed goes soon. It comes back full, as it would be. */
const idleMs = 15_000;

/** Bottleneck looks four times a second, so it must be a multiple of 250. */
const refillMs = 500;

/** Longest delay Node's timers take. Source: Node.js docs, `setInterval`. */
const longestMs = 2 ** 31 - 1;

/**
 * Gives out turns to ask AWS, in real time: each account and Region has its own, for each family of APIs. A ticket is all
 * that bottleneck gives: it knows no signals, and a job in it could neither be left nor be told from one that was dropped.
 */
export class Pacer implements Disposable {
  readonly #groups: Readonly<Record<ApiFamily, Bottleneck.Group>> = {
    quotas: groupOf("quotas"),
    profiles: groupOf("profiles"),
    usage: groupOf("usage"),
  };

  /**
   * Resolves when it is its turn.
   * @throws the signal's reason, when it aborts before.
   */
  async turn(family: ApiFamily, place: QuotaPlace, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const ticket = this.#groups[family].key(placeKey(place)).schedule(async () => undefined);
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => resolve();
      signal.addEventListener("abort", leave, { once: true });
      void ticket.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    });
    signal.throwIfAborted();
  }

  /** Ends all timers. Who still waits for a turn waits for their signal. */
  [Symbol.dispose](): void {
    for (const group of Object.values(this.#groups)) {
      // Its own timer cannot be ended, only slowed down.
      group.updateSettings({ timeout: longestMs });
      for (const key of group.keys()) group.deleteKey(key).catch(() => undefined); // nothing of it is used any more
    }
  }
}

/** So many at once when idle, and so many more each second, half of them each half of it. */
function groupOf(family: ApiFamily): Bottleneck.Group {
  const { perSecond, burst } = apiRates[family];
  const group = new Bottleneck.Group({
    reservoir: burst,
    reservoirIncreaseInterval: refillMs,
    reservoirIncreaseAmount: (perSecond * refillMs) / 1_000,
    reservoirIncreaseMaximum: burst,
  });
  group.updateSettings({ timeout: idleMs });
  return group;
}
