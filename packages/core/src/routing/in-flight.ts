/** Counts the calls between reservation and end. */
export class InFlight {
  /** How many there may be. */
  most: number;
  #count = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.most = most;
  }

  get count(): number {
    return this.#count;
  }

  get hasPlace(): boolean {
    return this.#count < this.most;
  }

  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count === 0) for (const tell of this.#waiting.splice(0)) tell();
  }

  /** Resolves when there is none. */
  async idle(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
