import { script } from "@bomb.sh/tab";
import type { CommandContext } from "../command-line/command-context.ts";
import type { CommandInput } from "../command-line/command-input.ts";
import { type ExitCode, exitCodes } from "../command-line/exit-code.ts";
import { bashScript } from "./bash-script.ts";

/** Prints a shell's script. The library's for bash evaluates what was typed and the names of files, wants a package, and fails when read twice. */
export async function run(input: CommandInput, { stdout }: CommandContext): Promise<ExitCode> {
  const shell = input.argument(0);
  if (shell === "bash") await stdout.write(bashScript);
  else script(shell, "shardrock", "shardrock"); // writes to this process's stdout itself
  return exitCodes.ok;
}
