import type { HealthBond, SharedHealthChange } from "@shardrock/core";
import { z } from "zod";
import { jsonText } from "./json-text.ts";
import type { NewsBoard } from "./news-board.ts";

const topic = "health";

/** Ties healths together by a news board. */
export class BoardBond implements HealthBond {
  readonly #board: NewsBoard;

  constructor(board: NewsBoard) {
    this.#board = board;
  }

  tell(change: SharedHealthChange): void {
    this.#board.tell(topic, JSON.stringify(change));
  }

  onNews(listener: (change: SharedHealthChange) => void): Disposable {
    return this.#board.onNews(topic, (text) => {
      const read = changeSchema.safeParse(text);
      if (read.success) listener(read.data); // what cannot be read is another version's
    });
  }

  claim(key: string, forMs: number): Promise<boolean> {
    return this.#board.claim(`${topic}:${key}`, forMs);
  }

  giveUp(key: string): void {
    this.#board.giveUp(`${topic}:${key}`);
  }
}

const changeSchema = jsonText<SharedHealthChange>(
  z.object({
    key: z.string(),
    state: z.enum(["blocked", "probing", "unproved", "recovering"]),
    scope: z.string(),
    reason: z.string(),
    isSoft: z.boolean(),
    forMs: z.number().min(0),
  }),
);
