import { createInterface } from "node:readline/promises";
import type { AskLine } from "./submit-increase.ts";

/** A line from this process's stdin, asked for on stderr. */
export const typedLine: AskLine = async (question, signal) => {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  // Nobody types any more: no line is the same as an empty one.
  lines.once("close", () => closed.abort());
  try {
    return await lines.question(question, { signal: AbortSignal.any([signal, closed.signal]) });
  } catch (error) {
    signal.throwIfAborted();
    if (closed.signal.aborted) return "";
    throw error;
  } finally {
    lines.close();
  }
};
