import { channel } from "node:diagnostics_channel";
import { inspect } from "node:util";
import type { ShardedBedrockRuntime } from "@shardrock/core";

/** Everything that a log, an audit trail or a crash report could have got hold of in a run. */
export class CapturedOutput implements Disposable {
  readonly #texts = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #undo: (() => void)[] = [];

  constructor() {
    for (const name of ["attempt-end", "call-end", "warning"]) this.#hearChannel(`shardrock:${name}`);
    for (const name of ["log", "info", "warn", "error", "debug", "trace", "dir", "table"] as const) {
      const original = console[name];
      console[name] = (...args: unknown[]) => this.look("console", args);
      this.#undo.push(() => void (console[name] = original));
    }
    for (const name of ["stdout", "stderr"] as const) this.#hearStream(name);
    const onWarning = (warning: Error): void => this.look("process warning", warning);
    process.on("warning", onWarning);
    this.#undo.push(() => process.off("warning", onWarning));
  }

  /** How many times something of this kind was captured. */
  count(kind: string): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** Captures a value in every way it could be printed. */
  look(kind: string, value: unknown): void {
    this.#counts.set(kind, this.count(kind) + 1);
    const text = printed(value).join("\n");
    this.#texts.set(text, kind);
  }

  hearEventsOf(client: ShardedBedrockRuntime): void {
    client.onEvent((event) => this.look("event", event));
  }

  /** A client and what leads to it, as a debugger's console or a careless log line would show them. */
  lookAtSnapshot(client: ShardedBedrockRuntime, routedFetch: typeof fetch): void {
    this.#counts.set("snapshot", this.count("snapshot") + 1);
    const shown = [
      inspect(client, { showHidden: true, depth: 12 }),
      inspect(routedFetch, { showHidden: true, depth: 12 }),
    ];
    this.#texts.set([...shown, String(client), json(client)].join("\n"), "snapshot");
    this.look("snapshot", client.snapshot());
  }

  /** All different texts since the last time, with the kind of thing each came from. */
  take(): ReadonlyMap<string, string> {
    const texts = new Map(this.#texts);
    this.#texts.clear();
    return texts;
  }

  [Symbol.dispose](): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #hearChannel(name: string): void {
    const listener = (message: unknown): void => this.look(name, message);
    channel(name).subscribe(listener);
    this.#undo.push(() => channel(name).unsubscribe(listener));
  }

  #hearStream(name: "stdout" | "stderr"): void {
    const stream = process[name];
    const original = stream.write;
    stream.write = (chunk: Uint8Array | string): boolean => {
      this.look(name, typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
      return true;
    };
    this.#undo.push(() => void (stream.write = original));
  }
}

const deeply = {
  showHidden: true,
  getters: true,
  depth: Number.POSITIVE_INFINITY,
  maxArrayLength: Number.POSITIVE_INFINITY,
  maxStringLength: Number.POSITIVE_INFINITY,
};

function printed(value: unknown): readonly string[] {
  const deep = inspect(value, deeply);
  // Bytes are printed in columns.
  const inLine = deep.includes("Array(") ? deep.replace(/,\s+/g, ",") : "";
  const texts = [deep, inLine, inspect(value), String(value), json(value)];
  for (let link = value; link instanceof Error; link = link.cause) {
    texts.push(inspect(link, deeply), link.stack ?? "", link.message, json(link), ownJson(link));
  }
  return texts;
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return ""; // a circle; `inspect` has shown it
  }
}

/** As loggers print errors: what cannot be enumerated too. */
function ownJson(value: object): string {
  return json(Object.fromEntries(Reflect.ownKeys(value).map((key) => [String(key), Reflect.get(value, key)])));
}
