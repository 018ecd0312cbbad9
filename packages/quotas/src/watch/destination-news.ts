import type { QuotaNews } from "@shardrock/core";
import type { DestinationsAge } from "../known/found-findings.ts";
import type { KnownPlace } from "../known/known-place.ts";
import { whyOf } from "./age-news.ts";

/** How a look at a place ended. */
export interface DestinationsLook {
  readonly known: KnownPlace;
  readonly failures: readonly unknown[];
  readonly age: DestinationsAge;
}

/** Says of one place when nobody knows any more where its profiles may run: residency goes by that. */
export class DestinationNews {
  #told: DestinationsAge = "fresh";

  /** @returns what is new; undefined: nothing. */
  after({ known, failures, age }: DestinationsLook): QuotaNews | undefined {
    if (age === this.#told) return undefined;
    this.#told = age;
    const { accountId, region } = known.place;
    const scope = `destinations of the profiles of account ${accountId}, ${region}`;
    const message = messageOf(age, scope, whyOf(failures));
    return { change: "stale", scope, accountId, region, key: undefined, before: undefined, now: undefined, message };
  }
}

function messageOf(age: DestinationsAge, scope: string, why: string): string {
  if (age === "fresh") return `${scope} can be read again`;
  if (age === "old")
    return `${scope} could not be read for long and may have changed (${why}); what was known stays for now`;
  return (
    `${scope} could not be read for so long that they count as unknown (${why}): residency takes these profiles only ` +
    `with allowedRegions "anywhere" or where the config gives their destinations`
  );
}
