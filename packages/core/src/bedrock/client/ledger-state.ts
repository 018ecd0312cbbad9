import { z } from "zod";
import type { MemoryLedger } from "../../budget/memory-ledger.ts";
import type { QuotaState } from "../../budget/remembered-states.ts";
import type { Learner } from "./state-file.ts";

const share = z.number().positive().max(100);
const quotaState = z.object({
  limit: z.number().positive(),
  share,
  burst: share,
  kind: z.enum(["bucket", "fixed", "sliding", "sixths", "unknown"]),
});

/** What a ledger learns of each quota, as a part of a state file. */
export function ledgerLearner(ledger: MemoryLedger): Learner {
  return {
    toState: () => Object.fromEntries([...ledger.learned].map(([key, state]) => [key, { ...state }])),
    fromState(json) {
      const states = new Map<string, QuotaState>();
      const entries = Object.entries(z.record(z.string(), z.unknown()).safeParse(json).data ?? {});
      for (const [key, value] of entries) {
        const read = quotaState.safeParse(value);
        if (read.success) states.set(key, read.data);
      }
      ledger.remember(states);
      return { ignored: entries.length - states.size };
    },
  };
}
