import type { QuotaNews, QuotaPlace } from "@shardrock/core";

/** So often in a row a place is asked in vain before it is told of. */
const tellAfter = 3;

/** Places that do not tell what was used there. */
export class UnheardPlaces {
  readonly #failures = new Map<string, number>();

  /** @returns what is worth telling; undefined: nothing new. */
  failed(place: QuotaPlace, error: unknown): QuotaNews | undefined {
    const name = nameOf(place);
    const failures = (this.#failures.get(name) ?? 0) + 1;
    this.#failures.set(name, failures);
    if (failures !== tellAfter) return undefined;
    const why = error instanceof Error ? error.name : "an error without a name";
    return newsOf(
      place,
      `could not be asked ${failures} times in a row (${why}): what others use is not corrected there`,
    );
  }

  answered(place: QuotaPlace): QuotaNews | undefined {
    const name = nameOf(place);
    const failures = this.#failures.get(name) ?? 0;
    this.#failures.delete(name);
    return failures < tellAfter ? undefined : newsOf(place, "answers again");
  }
}

function nameOf({ accountId, region }: QuotaPlace): string {
  return `${accountId}/${region}`;
}

function newsOf(place: QuotaPlace, what: string): QuotaNews {
  const scope = `CloudWatch in account ${place.accountId}, ${place.region}`;
  return {
    change: "stale",
    scope,
    ...place,
    key: undefined,
    before: undefined,
    now: undefined,
    message: `${scope}, ${what}`,
  };
}
