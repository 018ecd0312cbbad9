import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../../clock.ts";
import type { Json } from "../../json.ts";
import { isRecord } from "../config/plain-data.ts";

/** Something that learns, and can go on from what it knew. */
export interface Learner {
  toState(): Json;
  /** @returns how much of it could not be read and is learned anew. */
  fromState(json: unknown): { readonly ignored: number };
}

export interface StateFileOptions {
  readonly file: string;
  /** By the name of their part of the file. */
  readonly learners: Readonly<Record<string, Learner>>;
  readonly clock: Clock;
  readonly warn: (code: string, message: string) => void;
}

/** Another version is not read. */
const version = 1;
const saveEveryMs = 60_000;

/**
 * What was learned, in a file that survives a restart: read once, written every minute and at the end. A file that
 * cannot be read or written is told in a warning and harms no call.
 */
export class StateFile implements Disposable {
  readonly #options: StateFileOptions;
  #timer: Disposable;

  constructor(options: StateFileOptions) {
    this.#options = options;
    this.#load();
    this.#timer = this.#saveLater();
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
    this.#save();
  }

  #load(): void {
    const { file, learners, warn } = this.#options;
    const state = this.#read();
    if (state === undefined) return;
    if (!isRecord(state) || state["version"] !== version) {
      return warn("state-unreadable", `${file} is no state of version ${version}: what it holds is learned anew`);
    }
    for (const [name, learner] of Object.entries(learners)) {
      const { ignored } = learner.fromState(state[name]);
      if (ignored === 0) continue;
      warn(`state-ignored:${name}`, `${file}: ${ignored} part(s) of ${name} do not fit and are learned anew`);
    }
  }

  #read(): unknown {
    const { file, warn } = this.#options;
    try {
      return JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      if (isMissing(error)) return undefined; // the first start
      warn("state-unreadable", `${file} cannot be read, so everything is learned anew: ${reasonOf(error)}`);
      return undefined;
    }
  }

  /** Whoever reads the file sees the state before or after, never half of one. */
  #save(): void {
    const { file, learners, warn } = this.#options;
    const parts = Object.entries(learners).map(([name, learner]) => [name, learner.toState()] as const);
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, JSON.stringify({ version, ...Object.fromEntries(parts) }), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      warn("state-unwritable", `${file} cannot be written, so a restart learns everything anew: ${reasonOf(error)}`);
    }
  }

  #saveLater(): Disposable {
    return this.#options.clock.timer(saveEveryMs, () => {
      this.#save();
      this.#timer = this.#saveLater();
    });
  }
}

function isMissing(error: unknown): boolean {
  return isRecord(error) && error["code"] === "ENOENT";
}

/** Of what the file system and JSON say, the code alone: a text could quote the file. */
function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return "it is no JSON";
  return isRecord(error) && typeof error["code"] === "string" ? error["code"] : "unknown";
}
