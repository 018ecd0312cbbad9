import type { Clock, QuotaHost } from "@shardrock/core";

type Handler = ReturnType<QuotaHost["clientOptions"]>["requestHandler"];

/** How far AWS's clock is ahead of this machine's, by what its answers say. */
export class WatchedDates {
  readonly #clock: Clock;
  readonly #offsetsMs: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** In ms, to a second or so; the middle of what was seen. Undefined: no answer came. */
  get offsetMs(): number | undefined {
    const inOrder = this.#offsetsMs.toSorted((one, other) => one - other);
    return inOrder[Math.floor(inOrder.length / 2)];
  }

  /** A handler that reads the `Date` of every answer. */
  watch(handler: Handler): Handler {
    return {
      ...(handler.metadata !== undefined && { metadata: handler.metadata }),
      handle: async (request: Parameters<Handler["handle"]>[0], options?: Parameters<Handler["handle"]>[1]) => {
        const result = await handler.handle(request, options);
        const { date } = result.response.headers;
        if (date !== undefined) this.see(Date.parse(date));
        return result;
      },
    };
  }

  /** @param awsMs - what AWS's clock says now, in ms since 1970. */
  see(awsMs: number): void {
    if (Number.isFinite(awsMs)) this.#offsetsMs.push(awsMs - this.#clock.epochMs());
  }
}
