type Answer = { readonly event: unknown } | { readonly error: unknown } | { readonly end: true };

/** For tests: a stream of the SDK that says what the test tells it, when the test tells it. */
export class FakeUpstream implements AsyncIterable<unknown> {
  readonly #answers: Answer[] = [];
  readonly #waiting: { resolve: (result: IteratorResult<unknown>) => void; reject: (error: unknown) => void }[] = [];

  say(...events: readonly unknown[]): this {
    for (const event of events) this.#add({ event });
    return this;
  }

  end(): this {
    return this.#add({ end: true });
  }

  breakWith(error: unknown): this {
    return this.#add({ error });
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return {
      next: () =>
        new Promise((resolve, reject) => {
          this.#waiting.push({ resolve, reject });
          this.#serve();
        }),
    };
  }

  #add(answer: Answer): this {
    this.#answers.push(answer);
    this.#serve();
    return this;
  }

  #serve(): void {
    while (this.#waiting.length > 0 && this.#answers.length > 0) {
      const [answer] = this.#answers;
      const waiting = this.#waiting.shift();
      if (answer === undefined || waiting === undefined) return;
      if ("event" in answer) {
        this.#answers.shift();
        waiting.resolve({ done: false, value: answer.event });
      } else if ("error" in answer) waiting.reject(answer.error);
      else waiting.resolve({ done: true, value: undefined });
    }
  }
}
