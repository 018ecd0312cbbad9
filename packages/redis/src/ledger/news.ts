import { z } from "zod";
import { jsonText } from "./json-text.ts";

/** What processes tell each other, by topic; every process hears all of it, and its own it knows. */
export class News {
  readonly #processId: string;
  readonly #listeners = new Map<string, Set<(text: string) => void>>();
  /** How much of it has been heard. */
  seen = 0;

  constructor(processId: string) {
    this.#processId = processId;
  }

  on(topic: string, listener: (text: string) => void): Disposable {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners);
    listeners.add(listener);
    return { [Symbol.dispose]: () => void listeners.delete(listener) };
  }

  /** As it goes to the store. */
  letter(topic: string, text: string): string {
    return JSON.stringify([this.#processId, topic, text]);
  }

  /** The store told this, oldest first. What nobody here can read is of another version, and nobody's business. */
  heard(letters: readonly string[], count: number): void {
    this.seen = count;
    for (const letter of letters) {
      const read = letterSchema.safeParse(letter);
      if (!read.success) continue;
      const [from, topic, text] = read.data;
      if (from === this.#processId) continue;
      for (const listener of this.#listeners.get(topic) ?? []) listener(text);
    }
  }
}

const letterSchema = jsonText(z.tuple([z.string(), z.string(), z.string()]));
