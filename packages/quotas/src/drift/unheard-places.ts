import { type QuotaNews, type QuotaPlace, ShardrockError } from "@shardrock/core";
import { placeKey } from "../reader/place-key.ts";

/** So often in a row a place is asked in vain before it is told of. */
const tellAfter = 3;

/** Places that do not tell what was used there. */
export class UnheardPlaces {
  readonly #failures = new Map<string, number>();

  /** @returns what is worth telling; undefined: nothing new. */
  failed(place: QuotaPlace, error: unknown): QuotaNews | undefined {
    const name = placeKey(place);
    const failures = (this.#failures.get(name) ?? 0) + 1;
    this.#failures.set(name, failures);
    if (failures !== tellAfter) return undefined;
    return newsOf(
      place,
      `could not be asked ${failures} times in a row (${nameOf(error)}): what others use is not corrected there`,
    );
  }

  answered(place: QuotaPlace): QuotaNews | undefined {
    const name = placeKey(place);
    const failures = this.#failures.get(name) ?? 0;
    this.#failures.delete(name);
    return failures < tellAfter ? undefined : newsOf(place, "answers again");
  }
}

function nameOf(error: unknown): string {
  if (error instanceof ShardrockError) return error.code;
  return error instanceof Error ? error.name : "an error without a name";
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
