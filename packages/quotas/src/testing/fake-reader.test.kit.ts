import type { QuotaPlace } from "@shardrock/core";
import type { Asked, AwsReader, Page, ProfileRow, QuotaRow, UsageSeries } from "../reader/aws-reader.ts";
import { placeKey } from "../reader/place-key.ts";

/** What was asked of the fake. */
export interface Question extends Asked {
  readonly api: keyof AwsReader;
  readonly where: string;
}

/** What AWS would tell of one place. */
export interface FakePlace {
  applied: readonly QuotaRow[];
  defaults: readonly QuotaRow[];
  profiles: readonly ProfileRow[];
}

/** For tests: an AWS of a few rows, every part of which can fail. */
export class FakeReader implements AwsReader {
  readonly asked: Question[] = [];
  readonly #places = new Map<string, FakePlace>();
  rowsPerPage = 100;
  /** What all places tell that were not told otherwise. */
  usual: FakePlace = { applied: [], defaults: [], profiles: [] };
  /** Thrown instead of an answer. */
  failure: (question: Question) => Error | undefined = () => undefined;
  /** Awaited before an answer. */
  until: (question: Question) => Promise<unknown> = () => Promise.resolve();

  at(place: QuotaPlace): FakePlace {
    const known = this.#places.get(placeKey(place)) ?? { ...this.usual };
    this.#places.set(placeKey(place), known);
    return known;
  }

  /** How often an API was asked, in one place or in all. */
  count(api: keyof AwsReader, where?: string): number {
    return this.asked.filter((one) => one.api === api && (where === undefined || one.where === where)).length;
  }

  appliedQuotas(asked: Asked): Promise<Page<QuotaRow>> {
    return this.#answer("appliedQuotas", asked, () => this.#page(this.at(asked.place).applied, asked.page));
  }

  defaultQuotas(asked: Asked): Promise<Page<QuotaRow>> {
    return this.#answer("defaultQuotas", asked, () => this.#page(this.at(asked.place).defaults, asked.page));
  }

  profiles(asked: Asked): Promise<Page<ProfileRow>> {
    return this.#answer("profiles", asked, () => this.#page(this.at(asked.place).profiles, asked.page));
  }

  usage(_queries: unknown, _span: unknown, asked: Asked): Promise<readonly UsageSeries[]> {
    return this.#answer("usage", asked, () => []);
  }

  async #answer<T>(api: keyof AwsReader, asked: Asked, rows: () => T): Promise<T> {
    const question = { ...asked, api, where: placeKey(asked.place) };
    this.asked.push(question);
    await this.until(question);
    const failure = this.failure(question);
    if (failure !== undefined) throw failure;
    return rows();
  }

  #page<Row>(rows: readonly Row[], page: string | undefined): Page<Row> {
    const from = Number(page ?? 0);
    const until = from + this.rowsPerPage;
    return { rows: rows.slice(from, until), next: until < rows.length ? String(until) : undefined };
  }
}

/** An error as the SDK makes them. */
export function awsError(name: string, status: number): Error {
  return Object.assign(new Error("words of AWS"), { name, $metadata: { httpStatusCode: status } });
}
