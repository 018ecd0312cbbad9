import type { z } from "zod";
import { options, wholeNumber } from "./values.ts";
import type { WithDefaults } from "./values.ts";

/** How long and how much may wait when no account has room. */
export interface WaitingInput {
  /** Longest wait of a call that sets none itself, 0 to 3,600,000 ms; default 30,000. */
  readonly maxWaitMs?: number | undefined;
  /** Most calls waiting, 0 to 1,000,000; default 10,000. */
  readonly maxQueued?: number | undefined;
  /** Most bytes of waiting calls, 0 to 64 GiB; default 256 MiB. */
  readonly maxQueuedBytes?: number | undefined;
  /** Waiting this long counts like one step of priority, 1 to 3,600,000 ms; default 10,000. */
  readonly ageingMs?: number | undefined;
  /** Most calls at AWS at once, 1 to 100,000; default 1,000. Each holds one socket. */
  readonly maxInFlight?: number | undefined;
}

export type WaitingConfig = WithDefaults<WaitingInput, keyof WaitingInput>;

const gibibyte = 2 ** 30;

export const waitingSchema: z.ZodType<WaitingConfig, WaitingInput> = options({
  maxWaitMs: wholeNumber(0, 3_600_000).default(30_000).describe("Longest wait of a call, in ms."),
  maxQueued: wholeNumber(0, 1_000_000).default(10_000).describe("Most calls waiting."),
  maxQueuedBytes: wholeNumber(0, 64 * gibibyte)
    .default(gibibyte / 4)
    .describe("Most bytes of waiting calls."),
  ageingMs: wholeNumber(1, 3_600_000)
    .default(10_000)
    .describe("Waiting this long counts like one step of priority, in ms."),
  maxInFlight: wholeNumber(1, 100_000).default(1000).describe("Most calls at AWS at once."),
});
