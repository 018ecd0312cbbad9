import type { QuotaLearner } from "@shardrock/core/book";
import type { StoredGate } from "../store/book-store.ts";

/** The gate that a learner has read last, as a store keeps it. */
export function storedGateOf(learner: QuotaLearner): StoredGate {
  const { priceUs, burstUs, mayHold, gate, pausedUntilUs, windowUs } = learner;
  const { window = "none", mayAsk } = gate;
  return { priceUs, burstUs, mayHold, window, mayAsk, pausedUntilUs: Math.max(0, pausedUntilUs), windowUs };
}

export function isSameGate(one: StoredGate, other: StoredGate): boolean {
  return (
    one.priceUs === other.priceUs &&
    one.burstUs === other.burstUs &&
    one.mayHold === other.mayHold &&
    one.mayAsk === other.mayAsk &&
    one.pausedUntilUs === other.pausedUntilUs &&
    isSameWindow(one.window, other.window)
  );
}

function isSameWindow(one: StoredGate["window"], other: StoredGate["window"]): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return one.windowUs === other.windowUs && one.fromUs === other.fromUs && one.widthUs === other.widthUs;
}
