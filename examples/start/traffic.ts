import type { Random } from "@shardrock/core";
import { chatSize, poissonGapMs, serviceMs, textOfTokens } from "@shardrock/simulator";
import { callsPerMs, maxTokens, speed, trafficMs } from "./scenario.ts";
import type { Side } from "./side.ts";
import type { Tally } from "./tally.ts";

/** Sends the same calls at the same instants to every side; ends when the last has been answered. */
export async function play(
  sides: readonly { readonly side: Side; readonly tally: Tally }[],
  random: Random,
): Promise<void> {
  const startMs = performance.now();
  const answers: Promise<void>[] = [];
  for (let atMs = poissonGapMs(callsPerMs, random); atMs < trafficMs; atMs += poissonGapMs(callsPerMs, random)) {
    await until(startMs + atMs);
    const size = chatSize(random);
    const text = textOfTokens(size.inputTokens, random);
    for (const { side, tally } of sides) answers.push(call(side, tally, { ...size, text }));
  }
  await Promise.all(answers);
}

interface ChatCall {
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

async function call(side: Side, tally: Tally, { text, inputTokens, outputTokens }: ChatCall): Promise<void> {
  const startMs = performance.now();
  tally.sent += 1;
  try {
    await side.send({
      messages: [{ role: "user", content: [{ text }] }],
      inferenceConfig: { maxTokens },
      requestMetadata: { outputTokens: String(outputTokens) },
    });
    tally.served += 1;
    tally.tokens += inputTokens + outputTokens;
    tally.waitsMs.push(Math.max(0, performance.now() - startMs - serviceMs(outputTokens) / speed));
  } catch {
    tally.failed += 1; // counted: what the summary calls "given up"
  }
}

function until(atMs: number): Promise<void> {
  const ms = atMs - performance.now();
  return ms < 1 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
