import type { z } from "zod";
import { options, wholeNumber } from "./values.ts";
import type { WithDefaults } from "./values.ts";

/** When one attempt is given up, each 1 to 86,400,000 ms. */
export interface TimeoutsInput {
  /** To a new connection; default 5,000 ms. */
  readonly connectMs?: number | undefined;
  /** To credentials of an account whose role is not assumed yet; default 10,000 ms. */
  readonly credentialsMs?: number | undefined;
  /** From sending to the first content of a stream; default 120,000 ms. An answer in one piece is bounded by `totalMs`. */
  readonly firstEventMs?: number | undefined;
  /** Between two events of a stream; default 60,000 ms. */
  readonly idleMs?: number | undefined;
  /** The whole attempt; default 900,000 ms. */
  readonly totalMs?: number | undefined;
}

export type TimeoutsConfig = WithDefaults<TimeoutsInput, keyof TimeoutsInput>;

const dayMs = 86_400_000;

export const timeoutsSchema: z.ZodType<TimeoutsConfig, TimeoutsInput> = options({
  connectMs: wholeNumber(1, dayMs).default(5000).describe("To a new connection, in ms."),
  credentialsMs: wholeNumber(1, dayMs).default(10_000).describe("To credentials of an account, in ms."),
  firstEventMs: wholeNumber(1, dayMs).default(120_000).describe("To the first content of a stream, in ms."),
  idleMs: wholeNumber(1, dayMs).default(60_000).describe("Between two events of a stream, in ms."),
  totalMs: wholeNumber(1, dayMs).default(900_000).describe("The whole attempt, in ms."),
});
