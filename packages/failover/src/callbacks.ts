/** Those who want to be told. */
export class Callbacks<Value = void> {
  /** Replaced, never changed: who listens may leave while it is told. */
  #all: readonly ((value: Value) => void)[] = [];

  /** Dispose to leave. */
  add(callback: (value: Value) => void): Disposable {
    this.#all = [...this.#all, callback];
    return { [Symbol.dispose]: () => void (this.#all = this.#all.filter((other) => other !== callback)) };
  }

  tell(value: Value): void {
    for (const callback of this.#all) callback(value);
  }
}
