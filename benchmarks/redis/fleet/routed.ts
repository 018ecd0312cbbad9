import { type LedgerSource, NoCapacityError, openRouter } from "@shardrock/core";
import type { CallAws, Sender } from "./sender.ts";
import { NoRoom } from "./sender.ts";
import { fleetConfig } from "./scene.ts";

export interface SharedSource {
  readonly source: LedgerSource;
  /** Lets the store go. */
  readonly close: () => void;
}

/** This library: the router of a config, over a book of its own unless one is given. */
export function routed(callAws: CallAws, windowMs: number, book?: SharedSource): Sender {
  const opened = openRouter(fleetConfig(windowMs), { ...(book && { ledger: book.source }) });
  return {
    send: async (call) => {
      const candidates = opened.candidates("chat", call.hold);
      try {
        await opened.router.run({ pool: "chat", candidates }, async (target, running) => {
          await callAws(call, target);
          running.settle(call.actual);
        });
      } catch (error) {
        throw error instanceof NoCapacityError ? new NoRoom() : error;
      }
    },
    [Symbol.asyncDispose]: async () => {
      await opened.ledger.flush?.();
      opened[Symbol.dispose]();
      book?.close();
    },
  };
}
