/** Until when what was told of each page holds, as far as time is concerned. Times are integer µs of the ledger's clock. */
export class Steadiness {
  /** By page; Infinity: nothing is due. */
  readonly #untilUs: number[] = [];
  #soonestUs = Number.POSITIVE_INFINITY;

  set(page: number, untilUs: number): void {
    while (this.#untilUs.length <= page) this.#untilUs.push(Number.POSITIVE_INFINITY);
    this.#untilUs[page] = untilUs;
    if (untilUs < this.#soonestUs) this.#soonestUs = untilUs;
  }

  /** The pages whose time has come; nothing is due there until it is set again. */
  takeDue(nowUs: number): readonly number[] {
    if (nowUs < this.#soonestUs) return none;
    const due: number[] = [];
    let soonestUs = Number.POSITIVE_INFINITY;
    for (const [page, untilUs] of this.#untilUs.entries()) {
      if (untilUs <= nowUs) {
        due.push(page);
        this.#untilUs[page] = Number.POSITIVE_INFINITY;
      } else if (untilUs < soonestUs) soonestUs = untilUs;
    }
    this.#soonestUs = soonestUs;
    return due;
  }
}

const none: readonly number[] = [];
