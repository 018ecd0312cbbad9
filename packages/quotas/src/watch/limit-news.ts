import type { QuotaHost, QuotaNews, QuotaPlace } from "@shardrock/core";
import { isUnconfirmed, publishedIn } from "../known/found-findings.ts";
import type { KnownPlace } from "../known/known-place.ts";
import { placeKey } from "../reader/place-key.ts";
import { type QuotaOfBook, quotaOfBook } from "./quota-key.ts";

/** What became of the limits the book goes by, as AWS publishes them: those of models nobody calls are not news. */
export class LimitNews {
  readonly #told = new Map<string, number>();
  readonly #placesOnHold = new Set<string>();
  #unconfirmed: string | undefined;

  /** Key of a quota of the book that goes by AWS's default, the first that was seen. */
  get unconfirmed(): string | undefined {
    return this.#unconfirmed;
  }

  /** What changed since the last time. */
  since(
    { fleet, places }: Pick<QuotaHost, "fleet" | "places">,
    known: ReadonlyMap<string, KnownPlace>,
  ): readonly QuotaNews[] {
    const news = places.flatMap((place) => this.#placeNews(place, known.get(placeKey(place))));
    const seen = new Set<string>();
    for (const target of [...fleet.models.values()].flatMap(({ targets }) => targets)) {
      const place = known.get(placeKey(target));
      for (const quota of target.quotas) {
        const ofBook = seen.has(quota.key) ? undefined : quotaOfBook(target, quota);
        seen.add(quota.key);
        if (ofBook !== undefined && place !== undefined) news.push(...this.#limitNews(ofBook, place));
      }
    }
    return news;
  }

  /** One for the account, not one for each model of it. */
  #placeNews(place: QuotaPlace, known: KnownPlace | undefined): readonly QuotaNews[] {
    if (known?.quotas === undefined) return [];
    const name = placeKey(place);
    const { isOnHold } = known.quotas.index;
    if (isOnHold === this.#placesOnHold.has(name)) return [];
    if (isOnHold) this.#placesOnHold.add(name);
    else this.#placesOnHold.delete(name);
    const scope = `account ${place.accountId}, ${place.region}`;
    const message = isOnHold
      ? `${scope} is on hold: its tokens per day are 0 for all models; AWS Support can say why`
      : `${scope} is no longer on hold`;
    return [{ change: "on-hold", scope, ...place, key: undefined, before: undefined, now: undefined, message }];
  }

  #limitNews(of: QuotaOfBook, known: KnownPlace): readonly QuotaNews[] {
    // The account's hold is told once, and so is its end: what was told before it still holds.
    if (known.quotas?.index.isOnHold === true && of.endpoint === "runtime") return [];
    const now = publishedIn(known, of.unit, of);
    const before = this.#told.get(of.key);
    if (now === undefined || now === before) return [];
    this.#told.set(of.key, now);
    if (isUnconfirmed(known, of.unit, of)) this.#unconfirmed ??= of.key;
    const isHold = now === 0 || before === 0;
    if (before === undefined && !isHold) return [];
    const { accountId, region } = known.place;
    const scope = `${of.baseModelId} ${of.scope} on ${of.endpoint}`;
    const change = isHold ? "on-hold" : "limit";
    return [
      { change, scope, accountId, region, key: of.key, before, now, message: limitMessage(of, { before, now, known }) },
    ];
  }
}

interface Change {
  readonly before: number | undefined;
  readonly now: number;
  readonly known: KnownPlace;
}

function limitMessage({ baseModelId, scope, unit }: QuotaOfBook, { before, now, known }: Change): string {
  const what = `${unit} per minute of ${baseModelId} (${scope}) in account ${known.place.accountId}, ${known.place.region}`;
  if (now === 0)
    return `${what}: AWS applies 0, so the account is on hold there and gets no calls; AWS Support can say why`;
  if (before === 0) return `${what}: no longer on hold; ${now} are used bit by bit`;
  const how = before !== undefined && now < before ? "at once" : "bit by bit";
  return `${what}: ${before} before, ${now} now, used ${how}`;
}
