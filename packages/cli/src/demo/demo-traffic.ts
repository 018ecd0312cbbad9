import type { Clock, Random } from "@shardrock/core";
import { chatSize, poissonGapMs, serviceMs, textOfTokens } from "@shardrock/simulator";
import { callsPerMs, maxTokens, speed } from "./demo-scenario.ts";
import type { Standing } from "./demo-screen.ts";
import type { Side } from "./demo-side.ts";
import type { Tally } from "./demo-tally.ts";

/** Sends the same calls at the same instants to every side; ends when the last has been answered. */
export async function play(
  sides: readonly Standing[],
  { durationMs, random, clock, signal }: PlayOptions,
): Promise<void> {
  const startMs = clock.monotonicMs();
  const answers: Promise<void>[] = [];
  for (let atMs = poissonGapMs(callsPerMs, random); atMs < durationMs; atMs += poissonGapMs(callsPerMs, random)) {
    await clock.sleep(startMs + atMs - clock.monotonicMs(), signal);
    const size = chatSize(random);
    const text = textOfTokens(size.inputTokens, random);
    for (const { side, tally } of sides) answers.push(call(side, tally, { ...size, text, clock }));
  }
  await Promise.all(answers);
}

export interface PlayOptions {
  /** How long calls come. */
  readonly durationMs: number;
  readonly random: Random;
  readonly clock: Clock;
  /** Ends the sending early, with its reason. */
  readonly signal: AbortSignal;
}

interface ChatCall {
  readonly clock: Clock;
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

async function call(side: Side, tally: Tally, { text, inputTokens, outputTokens, clock }: ChatCall): Promise<void> {
  const startMs = clock.monotonicMs();
  tally.sent += 1;
  try {
    await side.send({
      messages: [{ role: "user", content: [{ text }] }],
      inferenceConfig: { maxTokens },
      requestMetadata: { outputTokens: String(outputTokens) },
    });
    tally.served += 1;
    tally.tokens += inputTokens + outputTokens;
    tally.waitsMs.push(Math.max(0, clock.monotonicMs() - startMs - serviceMs(outputTokens) / speed));
  } catch {
    tally.failed += 1; // counted: what the summary calls "given up"
  }
}
