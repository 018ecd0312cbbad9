import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** A server that ends with whoever started it, however that ends. */
export interface Child {
  /** Of the server itself. */
  readonly pid: number;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}

// The shell waits for the end of its input, which comes when its parent stops it or dies, and takes the server along.
const guard = '"$@" >/dev/null 2>&1 & echo $!; read -r _; kill -KILL $!; wait';

/** Starts a server under a guard. */
export async function startChild(command: string, args: readonly string[]): Promise<Child> {
  const shell = spawn("sh", ["-c", guard, "sh", command, ...args], { stdio: ["pipe", "pipe", "ignore"] });
  const pid = await firstLine(shell);
  return {
    pid: Number(pid),
    async stop() {
      if (shell.exitCode !== null || shell.signalCode !== null) return;
      const isOver = once(shell, "exit");
      shell.stdin.end();
      await isOver;
    },
  };
}

async function firstLine(shell: ChildProcessByStdio<Writable, Readable, null>): Promise<string> {
  const lines = createInterface(shell.stdout);
  const [line] = (await once(lines, "line")) as [string];
  return line;
}
