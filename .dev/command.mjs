import { spawn } from "node:child_process";
import { constants } from "node:os";
import { stripVTControlCharacters } from "node:util";
import { root } from "./root.mjs";

const running = new Set();

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    if (running.size === 0) process.exit(exitCodeOf(signal));
    // Ctrl-C in a terminal reaches the children by itself; a second one would read as "stop at once".
    if (signal === "SIGINT" && process.stdin.isTTY) return;
    for (const child of running) child.kill(signal);
  });
}

/** Runs a program to its end with this terminal as its own; answers with its exit code. */
export function runAttached(program, args) {
  return ending(spawn(program, args, { cwd: root, stdio: "inherit" }));
}

/** Runs a program to its end without a terminal; answers with what it printed and whether it ended well. */
export async function runQuietly(program, args) {
  const color = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: "1" } : {};
  const child = spawn(program, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...color },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  }
  const code = await ending(child);
  // Under CI some tools colour what nobody sees.
  return { isOk: code === 0, output: process.stdout.isTTY ? output : stripVTControlCharacters(output) };
}

function ending(child) {
  running.add(child);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      running.delete(child);
      if (signal) process.exit(exitCodeOf(signal));
      resolve(code);
    });
  });
}

/** As a shell tells it. */
function exitCodeOf(signal) {
  return 128 + constants.signals[signal];
}
