import { type Random, seededRandom } from "@shardrock/core";
import { chatSize, poissonGapMs } from "@shardrock/simulator";
import TinyQueue from "tinyqueue";
import type { Rate } from "./arrivals.ts";
import type { Arrival } from "./stream.ts";

/** A conversation begins on a prompt of 4 000 to 12 000 tokens (instructions, tools, a document), */
const firstPrefix = { least: 4_000, most: 12_000 } as const;
/** has 8 turns in the mean, */
const meanTurns = 8;
/** and half a minute between an answer and the next question, in the mean. A new question has 20 to 300 tokens. */
const meanPauseMs = 30_000;
const question = { least: 20, most: 300 } as const;

interface Conversation {
  readonly key: string;
  turnsLeft: number;
  prefixTokens: number;
  nextAtMs: number;
}

/**
 * Turns of conversations in order of time, without end: each says everything so far again, and that part may come out
 * of the provider's cache. Turns come when they come, whether or not the answer before was late.
 */
export function* conversations({ tokensPerMs, burndown }: Rate, random: Random): Generator<Arrival> {
  const perMs = tokensPerMs / meanTokens(burndown);
  const open = new TinyQueue<Conversation>([], (one, other) => one.nextAtMs - other.nextAtMs);
  let begun = 0;
  let beginsAtMs = poissonGapMs(perMs, random);
  for (;;) {
    const next = open.peek();
    if (next === undefined || beginsAtMs < next.nextAtMs) {
      begun += 1;
      open.push({ ...begin(random), key: `conversation ${begun}`, nextAtMs: beginsAtMs });
      beginsAtMs += poissonGapMs(perMs, random);
      continue;
    }
    open.pop();
    yield turnOf(next, random);
    if (next.turnsLeft > 0) open.push(next);
  }
}

function begin(random: Random): Pick<Conversation, "turnsLeft" | "prefixTokens"> {
  const turnsLeft = 1 + Math.floor(Math.log(1 - random()) / Math.log(1 - 1 / meanTurns));
  return { turnsLeft, prefixTokens: between(firstPrefix, random) };
}

/** The turn that is due; moves the conversation on to its next. */
function turnOf(conversation: Conversation, random: Random): Arrival {
  const { key, prefixTokens: tokens, nextAtMs: atMs } = conversation;
  const inputTokens = between(question, random);
  const { outputTokens } = chatSize(random);
  conversation.turnsLeft -= 1;
  conversation.prefixTokens += inputTokens + outputTokens;
  conversation.nextAtMs += 500 + outputTokens * 20 + poissonGapMs(1 / meanPauseMs, random);
  return { atMs, inputTokens, outputTokens, prefix: { key, tokens } };
}

/** Quota tokens of a conversation of which nothing is cached, in the mean; found by having many. */
function meanTokens(burndown: number): number {
  const samples = 2_000;
  const random = seededRandom(samples);
  let tokens = 0;
  for (let sample = 0; sample < samples; sample += 1) {
    const conversation = { ...begin(random), key: "", nextAtMs: 0 };
    while (conversation.turnsLeft > 0) {
      const { inputTokens, outputTokens, prefix } = turnOf(conversation, random);
      tokens += inputTokens + (prefix?.tokens ?? 0) + outputTokens * burndown;
    }
  }
  return tokens / samples;
}

function between({ least, most }: { readonly least: number; readonly most: number }, random: Random): number {
  return Math.round(least + (most - least) * random());
}
