import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@shardrock/core";
import type { Clock } from "@shardrock/core";
import type { Host, TextStream } from "./host.ts";

/** A host in a folder of its own, whose streams are read back. */
export interface FakeHost extends Host, Disposable {
  readonly stdout: FakeStream;
  readonly stderr: FakeStream;
  readonly controller: AbortController;
  /** Milliseconds the clock shows; a test sets it. */
  readonly time: { nowMs: number };
}

export interface FakeStream extends TextStream {
  readonly text: string;
  isTTY: boolean;
  columns: number | undefined;
}

export function fakeHost(env: Readonly<Record<string, string>> = {}): FakeHost {
  const controller = new AbortController();
  const time = { nowMs: 0 };
  const workingDirectory = mkdtempSync(join(tmpdir(), "shardrock-cli-"));
  return {
    stdout: fakeStream(),
    stderr: fakeStream(),
    env,
    workingDirectory,
    signal: controller.signal,
    clock: clockOf(time),
    random: seededRandom(1),
    controller,
    time,
    [Symbol.dispose]: () => rmSync(workingDirectory, { recursive: true, force: true }),
  };
}

export function fakeStream(): FakeStream {
  let text = "";
  return {
    isTTY: false,
    columns: undefined,
    get text() {
      return text;
    },
    write: async (more) => {
      text += more;
    },
  };
}

/** Nothing here waits. */
export function clockOf(time: { nowMs: number }): Clock {
  return {
    monotonicMs: () => time.nowMs,
    epochMs: () => time.nowMs,
    sleep: async () => {},
    timer: () => ({ [Symbol.dispose]: () => {} }),
  };
}
