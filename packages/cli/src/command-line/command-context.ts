import { resolve } from "node:path";
import { type Clock, type Random, systemClock, systemRandom } from "@shardrock/core";
import pc from "picocolors";
import type { Host, TextStream } from "./host.ts";
import { openProgress, type Progress, type ProgressOptions } from "./progress.ts";

/** Everything outside itself that a command may use, so that it can be run in a test. */
export interface CommandContext {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborts on Ctrl-C; what waits or goes on for long must heed it. */
  readonly signal: AbortSignal;
  /** `--json` was given: stdout gets data only. */
  readonly isJson: boolean;
  /** Paint for stdout; leaves text as it is where colours are not wanted. */
  readonly colors: ReturnType<typeof pc.createColors>;
  /** An absolute path from one that was typed. */
  readonly pathOf: (path: string) => string;
  /** The command's answer: as JSON when asked for, else as text. One line break follows. */
  readonly print: (answer: Answer) => Promise<void>;
  /** Something to know besides the answer: a line on stderr. */
  readonly note: (text: string) => Promise<void>;
  /** Shows how far something is, on a terminal only and only after two seconds; dispose to wipe it. */
  readonly progress: (options: ProgressOptions) => Progress;
}

/** What a command found out. */
export interface Answer {
  /** What `JSON.stringify` takes as it is. */
  readonly json: object;
  readonly text: () => string;
}

/** The context of one command in one process. */
export function commandContext(host: Host, isJson: boolean): CommandContext {
  const { stdout, stderr, env, signal, workingDirectory, clock = systemClock, random = systemRandom } = host;
  return {
    stdout,
    stderr,
    env,
    clock,
    random,
    signal,
    isJson,
    colors: pc.createColors(!isJson && wantsColor(stdout, env)),
    pathOf: (path) => resolve(workingDirectory, path),
    print: ({ json, text }) => stdout.write(`${isJson ? JSON.stringify(json, undefined, 2) : text()}\n`),
    note: (text) => stderr.write(`${text}\n`),
    progress: (options) => openProgress(options, { stderr, clock }),
  };
}

/** Source: no-color.org and force-color.org (read 2026-11-23): set and not empty. */
function wantsColor(stream: TextStream, env: Host["env"]): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"]) return env["FORCE_COLOR"] !== "0";
  return stream.isTTY && env["TERM"] !== "dumb";
}
