import { type Clock, classify, type Random } from "@shardrock/core";
import { type ApiFamily, familyOf } from "./api-rates.ts";
import type { Asked, AwsReader, Page, ProfileRow, QuotaRow, UsageQuery, UsageSeries, UsageSpan } from "./aws-reader.ts";
import { Pacer } from "./pacer.ts";
import { pause, within } from "./waits.ts";

export interface PacedReaderOptions {
  readonly reader: AwsReader;
  readonly clock: Clock;
  readonly random: Random;
}

/** Longest wait for a turn, and longest that one request may take, in ms. */
const turnMs = 120_000;
const requestMs = 20_000;

/** How often one page is asked for in all: when AWS says that it is too often, and when it or the network fails. */
const mostWhenThrottled = 6;
const mostWhenFailed = 3;

/** The pauses between: 0.5 to 1 s at first, twice as long each time, never more than 20 s. */
const firstPauseMs = 1_000;
const longestPauseMs = 20_000;

/**
 * A reader kept to AWS's published rates in each account and Region, whose requests end in time and are made again when
 * AWS has no time for them. In real time: not for virtual clocks.
 */
export class PacedReader implements AwsReader, Disposable {
  readonly #options: PacedReaderOptions;
  readonly #pacer = new Pacer();

  constructor(options: PacedReaderOptions) {
    this.#options = options;
  }

  appliedQuotas(asked: Asked): Promise<Page<QuotaRow>> {
    return this.#ask("appliedQuotas", asked, (paced) => this.#options.reader.appliedQuotas(paced));
  }

  defaultQuotas(asked: Asked): Promise<Page<QuotaRow>> {
    return this.#ask("defaultQuotas", asked, (paced) => this.#options.reader.defaultQuotas(paced));
  }

  profiles(asked: Asked): Promise<Page<ProfileRow>> {
    return this.#ask("profiles", asked, (paced) => this.#options.reader.profiles(paced));
  }

  usage(queries: readonly UsageQuery[], span: UsageSpan, asked: Asked): Promise<readonly UsageSeries[]> {
    return this.#ask("usage", asked, (paced) => this.#options.reader.usage(queries, span, paced));
  }

  [Symbol.dispose](): void {
    this.#pacer[Symbol.dispose]();
  }

  async #ask<T>(name: keyof AwsReader, asked: Asked, send: (asked: Asked) => Promise<T>): Promise<T> {
    const { clock, random } = this.#options;
    const { place, signal } = asked;
    for (let attempt = 1; ; attempt += 1) {
      await this.#turn(familyOf[name], asked);
      try {
        const what = `${name} in account ${place.accountId}, ${place.region}`;
        return await within({ clock, ms: requestMs, signal, what }, (signal) => send({ ...asked, signal }));
      } catch (error) {
        signal.throwIfAborted();
        if (attempt >= mostAttemptsAfter(error)) throw error;
        await pause(clock, pauseMsAfter(attempt, random), signal);
      }
    }
  }

  #turn(family: ApiFamily, { place, signal }: Asked): Promise<void> {
    const bound = { clock: this.#options.clock, ms: turnMs, signal, what: "waiting for a turn to ask AWS" };
    return within(bound, (signal) => this.#pacer.turn(family, place, signal));
  }
}

/** What is denied or wrong stays so: it is told at once. */
function mostAttemptsAfter(error: unknown): number {
  switch (classify(error).kind) {
    case "throttled":
      return mostWhenThrottled;
    case "overloaded":
    case "ambiguous":
    case "unreachable":
      return mostWhenFailed;
    default:
      return 1;
  }
}

function pauseMsAfter(attempt: number, random: Random): number {
  return Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs) * (0.5 + random() / 2);
}
