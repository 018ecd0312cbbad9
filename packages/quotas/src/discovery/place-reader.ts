import { type Clock, type QuotaPlace, ShardrockError } from "@shardrock/core";
import type { AwsReader, ProfileRow, QuotaRow } from "../reader/aws-reader.ts";
import type { QuotaLists } from "../known/known-row.ts";
import { ResumableList, type WholeList } from "./resumable-list.ts";

/** What one look at a place brought. What failed is left out, and said why. */
export interface PlaceReading {
  readonly quotas: QuotaLists | undefined;
  readonly profiles: readonly ProfileRow[] | undefined;
  readonly failures: readonly unknown[];
}

export interface PlaceReaderOptions {
  readonly reader: AwsReader;
  readonly clock: Clock;
}

/** How long a list that is whole waits for the other one, in ms. */
const pairMs = 15 * 60_000;

/** Reads the quotas and profiles of one place; what failed half way goes on there the next time. */
export class PlaceReader {
  readonly #clock: Clock;
  readonly #applied: ResumableList<QuotaRow>;
  readonly #defaults: ResumableList<QuotaRow>;
  readonly #profiles: ResumableList<ProfileRow>;
  /** Read, while the defaults were not. */
  #waiting: { readonly applied: WholeList<QuotaRow>; readonly readAtMs: number } | undefined;

  constructor(place: QuotaPlace, { reader, clock }: PlaceReaderOptions) {
    this.#clock = clock;
    const listed = { clock, what: `a list of account ${place.accountId}, ${place.region},` };
    this.#applied = new ResumableList({
      ...listed,
      ask: (page, signal) => reader.appliedQuotas({ place, page, signal }),
    });
    this.#defaults = new ResumableList({
      ...listed,
      ask: (page, signal) => reader.defaultQuotas({ place, page, signal }),
    });
    this.#profiles = new ResumableList({ ...listed, ask: (page, signal) => reader.profiles({ place, page, signal }) });
  }

  /** @throws only the signal's reason. */
  async read(signal: AbortSignal): Promise<PlaceReading> {
    const [quotas, profiles] = await Promise.allSettled([this.#readQuotas(signal), this.#profiles.read(signal)]);
    signal.throwIfAborted();
    return {
      quotas: quotas.status === "fulfilled" ? quotas.value : undefined,
      profiles: profiles.status === "fulfilled" ? profiles.value.rows : undefined,
      failures: [quotas, profiles].flatMap((part): unknown[] => (part.status === "rejected" ? [part.reason] : [])),
    };
  }

  async #readQuotas(signal: AbortSignal): Promise<QuotaLists> {
    const applied = this.#waitingApplied() ?? (await this.#applied.read(signal));
    this.#waiting ??= { applied, readAtMs: this.#clock.monotonicMs() };
    const defaults = await this.#defaults.read(signal);
    this.#waiting = undefined;
    if (defaults.rows.length === 0) {
      throw new ShardrockError("response-invalid", "AWS lists no default quota at all, so what was known stays");
    }
    return { applied, defaults };
  }

  #waitingApplied(): WholeList<QuotaRow> | undefined {
    if (this.#waiting === undefined) return undefined;
    if (this.#clock.monotonicMs() - this.#waiting.readAtMs > pairMs) this.#waiting = undefined;
    return this.#waiting?.applied;
  }
}
