import { TraceError } from "./trace-error.ts";

/** More characters than any row or record has: 16 MiB. */
const longestLine = 2 ** 24;

/** Cuts text that comes in pieces into lines; holds no more than the line that has not ended. */
export class TextLines {
  readonly #file: string;
  readonly #longest: number;
  readonly #decoder = new TextDecoder();
  #rest = "";
  /** Lines handed out so far. */
  #count = 0;

  /** @param longest - characters of a line, at most. */
  constructor(file: string, longest: number = longestLine) {
    this.#file = file;
    this.#longest = longest;
  }

  /** Hands out each line that ended, without its line break. @throws {TraceError} when a line is too long. */
  push(bytes: Uint8Array, onLine: (line: string, number: number) => void): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      this.#handOut(this.#rest + text.slice(from, end), onLine);
      this.#rest = "";
      from = end + 1;
    }
    this.#rest += text.slice(from);
    if (this.#rest.length > this.#longest) throw this.#tooLong();
  }

  /** Hands out what came after the last line break. */
  end(onLine: (line: string, number: number) => void): void {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = "";
    if (rest !== "") this.#handOut(rest, onLine);
  }

  #handOut(line: string, onLine: (line: string, number: number) => void): void {
    this.#count += 1;
    if (line.length > this.#longest) throw this.#tooLong();
    onLine(line.endsWith("\r") ? line.slice(0, -1) : line, this.#count);
  }

  #tooLong(): TraceError {
    const position = { file: this.#file, line: this.#count + 1 };
    return new TraceError(position, {
      expected: `lines of at most ${this.#longest} characters`,
      found: "a longer one",
    });
  }
}
