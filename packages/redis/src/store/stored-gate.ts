import type { LearnedPage, StoredGate } from "./book-store.ts";
import { Numbers } from "./reply-reader.ts";

/** A gate as arguments of a script: ten numbers. */
export function gateArguments(gate: StoredGate): readonly string[] {
  const { priceUs, burstUs, mayHold, window, mayAsk, pausedUntilUs, windowUs } = gate;
  const arc = window === "none" || window === "sliding" ? { windowUs, fromUs: 0, widthUs: 0 } : window;
  const kind = window === "none" ? 0 : window === "sliding" ? 1 : 2;
  const numbers = [priceUs, burstUs, mayHold, kind, arc.windowUs, arc.fromUs, arc.widthUs, mayAsk ? 1 : 0];
  return [...numbers, Math.max(0, pausedUntilUs), windowUs].map(String);
}

/** What a script gives back as learned: version and gate, eleven numbers, then the record. */
export function learnedPageOf(key: string, bytes: Uint8Array): LearnedPage {
  const numbers = new Numbers(bytes.subarray(0, numbersLength));
  return { key, version: numbers.at(0), gate: gateOf(numbers), record: text.decode(bytes.subarray(numbersLength)) };
}

const numbersLength = 88;
const text = new TextDecoder();

function gateOf(numbers: Numbers): StoredGate {
  const arc = { windowUs: numbers.at(5), fromUs: numbers.at(6), widthUs: numbers.at(7) };
  return {
    priceUs: numbers.at(1),
    burstUs: numbers.at(2),
    mayHold: numbers.at(3),
    window: numbers.at(4) === 0 ? "none" : numbers.at(4) === 1 ? "sliding" : arc,
    mayAsk: numbers.at(8) !== 0,
    pausedUntilUs: numbers.at(9),
    windowUs: numbers.at(10),
  };
}
