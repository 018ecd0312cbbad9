import type { Random } from "@shardrock/core";

/** Short words, 4.2 letters on average. */
const words = (
  "a in on we do it the and for you cat sun map ice oak pen key law tin who road tree lamp rain wind book moon ship gold " +
  "fish song fire stone river light cloud table paper music night bread chair field glass horse house ocean plant " +
  "garden window bridge silver forest planet summer winter market letter mirror castle"
).split(" ");

/**
 * Tokens of a text under the simulated tokenizer: its words, that is runs of characters above U+0020.
 * On purpose neither of the router's estimates (bytes divided by a ratio), so that the router has something to learn.
 */
export function countWordTokens(text: string): number {
  let count = 0;
  let before = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x20 && before <= 0x20) count += 1;
    before = code;
  }
  return count;
}

/**
 * A text of exactly so many tokens under `countWordTokens`, about 5.2 bytes each with the space.
 * @param tokens - a whole number, 0 or more.
 */
export function textOfTokens(tokens: number, random: Random): string {
  let text = "";
  for (let index = 0; index < tokens; index += 1) {
    if (index > 0) text += " ";
    text += words[Math.floor(random() * words.length)] ?? "word";
  }
  return text;
}
