import { type Clock, type QuotaPlace, ShardrockError } from "@shardrock/core";
import type { AwsReader, ProfileRow, QuotaRow } from "../reader/aws-reader.ts";
import type { KnownPlace } from "../known/known-place.ts";
import type { QuotaLists } from "../known/known-row.ts";
import { ResumableList, type ResumableListOptions, type WholeList } from "./resumable-list.ts";

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
  readonly #applied: KeptList<QuotaRow>;
  readonly #defaults: KeptList<QuotaRow>;
  readonly #profiles: ResumableList<ProfileRow>;

  constructor(place: QuotaPlace, { reader, clock }: PlaceReaderOptions) {
    const listed = { clock, what: `a list of account ${place.accountId}, ${place.region},` };
    this.#applied = new KeptList({ ...listed, ask: (page, signal) => reader.appliedQuotas({ place, page, signal }) });
    this.#defaults = new KeptList({ ...listed, ask: (page, signal) => reader.defaultQuotas({ place, page, signal }) });
    this.#profiles = new ResumableList({ ...listed, ask: (page, signal) => reader.profiles({ place, page, signal }) });
  }

  /**
   * @param known - of this place until now, be it from AWS or from a file.
   * @throws only the signal's reason.
   */
  async read(known: KnownPlace, signal: AbortSignal): Promise<PlaceReading> {
    const lists = [this.#applied.read(signal), this.#defaults.read(signal), this.#profiles.read(signal)] as const;
    const [applied, defaults, profiles] = await Promise.allSettled(lists);
    signal.throwIfAborted();
    const hasBoth = applied.status === "fulfilled" && defaults.status === "fulfilled";
    const quotas = hasBoth ? this.#pairOf({ applied: applied.value, defaults: defaults.value }, known) : undefined;
    const profileRows = profiles.status === "fulfilled" ? checkedProfiles(profiles.value.rows, known) : undefined;
    const failed = [applied, defaults, profiles].flatMap((list): unknown[] =>
      list.status === "rejected" ? [list.reason] : [],
    );
    const isEmpty = (hasBoth && quotas === undefined) || (profiles.status === "fulfilled" && profileRows === undefined);
    const failures = isEmpty ? [...failed, new ShardrockError("response-invalid", emptyList)] : failed;
    return { quotas, profiles: profileRows, failures };
  }

  /** Both are read anew the next time. */
  #pairOf(lists: QuotaLists, known: KnownPlace): QuotaLists | undefined {
    this.#applied.drop();
    this.#defaults.drop();
    return isPlausible(lists, known) ? lists : undefined;
  }
}

/**
 * There is no Bedrock without quotas, so an empty list of defaults is a fault. Nothing may ever have been applied to an
 * account; but what was is not taken back all at once: it would make every default count, also where 0 is applied.
 */
function isPlausible({ applied, defaults }: QuotaLists, { quotas }: KnownPlace): boolean {
  const hadApplied = quotas?.rows.some(({ isApplied }) => isApplied) === true;
  return defaults.rows.length > 0 && (!hadApplied || applied.rows.length + applied.unread.length > 0);
}

/** A Region may have no profiles; but all of them are not taken away at once. */
function checkedProfiles(rows: readonly ProfileRow[], { profiles }: KnownPlace): readonly ProfileRow[] | undefined {
  const hadSome = profiles !== undefined && profiles.rows.length > 0;
  return rows.length === 0 && hadSome ? undefined : rows;
}

const emptyList = "AWS gave an empty list where there must be something, so what was known stays";

/** A list that is whole waits for the one it belongs to. */
class KeptList<Row> {
  readonly #clock: Clock;
  readonly #list: ResumableList<Row>;
  #kept: { readonly list: WholeList<Row>; readonly readAtMs: number } | undefined;

  constructor(options: ResumableListOptions<Row>) {
    this.#clock = options.clock;
    this.#list = new ResumableList(options);
  }

  async read(signal: AbortSignal): Promise<WholeList<Row>> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#kept !== undefined && nowMs - this.#kept.readAtMs <= pairMs) return this.#kept.list;
    const list = await this.#list.read(signal);
    this.#kept = { list, readAtMs: this.#clock.monotonicMs() };
    return list;
  }

  drop(): void {
    this.#kept = undefined;
  }
}
