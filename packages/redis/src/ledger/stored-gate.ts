import type { QuotaLearner } from "@shardrock/core/book";
import type { StoredGate } from "../store/book-store.ts";

/** The gate that a learner has read last, as a store keeps it. */
export function storedGateOf(learner: QuotaLearner): StoredGate {
  const { priceUs, burstUs, mayHold, gate, pausedUntilUs, windowUs } = learner;
  const { window = "none", mayAsk } = gate;
  return { priceUs, burstUs, mayHold, window, mayAsk, pausedUntilUs: Math.max(0, pausedUntilUs), windowUs };
}

/** What a burst may differ by before others must know, as a share of the window: it grows all the time while a limit binds. */
const smallStep = 0.01;

/** Whether two gates are the same for whoever keeps them, or nearly. */
export function isSameGate(one: StoredGate, other: StoredGate): boolean {
  return (
    one.priceUs === other.priceUs &&
    isSameBurst(one, other) &&
    one.mayHold === other.mayHold &&
    one.mayAsk === other.mayAsk &&
    one.pausedUntilUs === other.pausedUntilUs &&
    isSameWindow(one.window, other.window)
  );
}

function isSameBurst(one: StoredGate, other: StoredGate): boolean {
  return one.burstUs === other.burstUs || Math.abs(one.burstUs - other.burstUs) < smallStep * one.windowUs;
}

function isSameWindow(one: StoredGate["window"], other: StoredGate["window"]): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return one.windowUs === other.windowUs && one.fromUs === other.fromUs && one.widthUs === other.widthUs;
}
