import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "@shardrock/cli";
import type { Clock, ShardrockConfig } from "@shardrock/core";

/** How a command line ended, and what it wrote. */
export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own for command lines; disposing it takes it away. */
export interface CliFolder extends Disposable {
  readonly path: string;
  write(name: string, text: string): string;
  /** Writes the config to `router.json`, and runs the command line in the folder. */
  run(argv: readonly string[], config?: ShardrockConfig, signal?: AbortSignal): Promise<CliRun>;
}

/** @param clock - the machine's own unless told. */
export function cliFolder(env: Readonly<Record<string, string>> = {}, clock?: Clock): CliFolder {
  const path = mkdtempSync(join(tmpdir(), "shardrock-cli-"));
  const write = (name: string, text: string): string => {
    writeFileSync(join(path, name), text);
    return join(path, name);
  };
  return {
    path,
    write,
    async run(argv, config, signal = new AbortController().signal) {
      if (config !== undefined) write("router.json", JSON.stringify(config));
      const out: string[] = [];
      const err: string[] = [];
      const streamTo = (lines: string[]) => ({
        isTTY: false,
        columns: undefined,
        write: async (text: string) => void lines.push(text),
      });
      const host = {
        stdout: streamTo(out),
        stderr: streamTo(err),
        env,
        workingDirectory: path,
        signal,
        ...(clock && { clock }),
      };
      const exitCode = await main(argv, host);
      return { exitCode, stdout: out.join(""), stderr: err.join("") };
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}
