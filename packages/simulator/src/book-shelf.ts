/** Where a call is charged. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly modelId: string;
}

/** Where a call is charged, with the endpoint: default `runtime`. */
export interface ChargedPlace extends Place {
  readonly endpoint?: "runtime" | "mantle";
}

/** Books by account, Region and model. In three steps, because a key put together for every look-up costs more. */
export class BookShelf<Book> {
  readonly #accounts = new Map<string, Map<string, Map<string, Book>>>();

  get({ accountId, region, modelId }: Place): Book | undefined {
    return this.#accounts.get(accountId)?.get(region)?.get(modelId);
  }

  set({ accountId, region, modelId }: Place, book: Book): void {
    const regions = this.#accounts.get(accountId) ?? new Map<string, Map<string, Book>>();
    const models = regions.get(region) ?? new Map<string, Book>();
    this.#accounts.set(accountId, regions.set(region, models.set(modelId, book)));
  }
}
