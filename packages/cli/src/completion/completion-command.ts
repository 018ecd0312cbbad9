import { script } from "@bomb.sh/tab";
import type { CommandInput } from "../command-line/command-input.ts";
import { type ExitCode, exitCodes } from "../command-line/exit-code.ts";

/** Prints a shell's script, to this process's stdout: the library writes there itself. */
export async function run(input: CommandInput): Promise<ExitCode> {
  script(input.argument(0), "shardrock", "shardrock");
  return exitCodes.ok;
}
