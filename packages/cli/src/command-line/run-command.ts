import { commandContext } from "./command-context.ts";
import { CommandInput } from "./command-input.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import type { Host } from "./host.ts";
import { ReaderGone } from "./process-host.ts";
import type { Asked } from "./program.ts";
import { helpLine } from "./program.ts";
import { toldError } from "./told-error.ts";
import { UsageError } from "./usage-error.ts";

/** Loads what a command does and runs it; whatever it throws is told on stderr. */
export async function runCommand({ declaration, ...asked }: Asked, host: Host): Promise<ExitCode> {
  const input = new CommandInput(asked.arguments, asked.options);
  try {
    const { run } = await declaration.load();
    return await run(input, commandContext(host, input.flag("json")));
  } catch (error) {
    if (host.signal.reason instanceof ReaderGone) return exitCodes.ok;
    if (host.signal.aborted) {
      await host.stderr.write("interrupted\n");
      return exitCodes.interrupted;
    }
    const { message, exitCode } = toldError(error, host.env);
    const help = error instanceof UsageError ? `${helpLine(declaration)}\n` : "";
    await host.stderr.write(`error: ${message}\n${help}`);
    return exitCode;
  }
}
