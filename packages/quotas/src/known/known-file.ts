import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type FiledPlace, readFileText } from "./known-json.ts";

export interface KnownFileOptions {
  readonly file: string;
  readonly warn: (code: string, message: string) => void;
}

/** More is not read: it is none of ours. In bytes. */
const mostBytes = 64 * 2 ** 20;

/** Who writes which file. A client knows its own accounts only, so two would take turns to forget the other's. */
const writers = new Map<string, KnownFile>();

/**
 * What is known of quotas, in a file that survives a restart. One that cannot be read or written is told in a warning and
 * harms nothing; one that another client of this process writes is read and not written.
 */
export class KnownFile implements Disposable {
  readonly #options: KnownFileOptions;
  readonly #path: string;

  constructor(options: KnownFileOptions) {
    this.#options = options;
    this.#path = resolve(options.file);
  }

  /** Another client may write the file now. */
  [Symbol.dispose](): void {
    if (writers.get(this.#path) === this) writers.delete(this.#path);
  }

  read(): readonly FiledPlace[] {
    const { file, warn } = this.#options;
    this.#isMine();
    try {
      const { size } = statSync(file);
      const places = size > mostBytes ? undefined : readFileText(readFileSync(file, "utf8"));
      if (places !== undefined) return places;
      warn("quotas-file-unreadable", `${file} is damaged, too large or of another version: quotas are read anew`);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return []; // the first start
      warn("quotas-file-unreadable", `${file} cannot be read, so quotas are read anew: ${codeOf(error)}`);
    }
    return [];
  }

  /** Whoever reads the file sees what was known before or after, never half of it. */
  write(text: string): void {
    const { file, warn } = this.#options;
    const next = `${file}.new`;
    if (!this.#isMine()) return;
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(next, text, { mode: 0o600 });
      renameSync(next, file);
    } catch (error) {
      warn("quotas-file-unwritable", `${file} cannot be written, so a restart reads quotas anew: ${codeOf(error)}`);
      removeRest(next);
    }
  }

  #isMine(): boolean {
    const { file, warn } = this.#options;
    const writer = writers.get(this.#path) ?? this;
    writers.set(this.#path, writer);
    if (writer === this) return true;
    warn("quotas-file-shared", `${file} is written by another client of this process: each needs a file of its own`);
    return false;
  }
}

/** What could be written and not be put in place. */
function removeRest(next: string): void {
  try {
    rmSync(next, { force: true });
  } catch {
    // There is no folder either, and whoever listens was warned of the file.
  }
}

/** Of what the file system says the code alone: a text could quote the file. */
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "unknown";
  return typeof error.code === "string" ? error.code : "unknown";
}
