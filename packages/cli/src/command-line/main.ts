import { CommanderError } from "commander";
import { commands } from "./commands.ts";
import type { CommandDeclaration } from "./command-declaration.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import type { Host } from "./host.ts";
import { processHost } from "./process-host.ts";
import { type Asked, buildProgram } from "./program.ts";

/**
 * Runs one command line.
 * @param argv - what follows `shardrock`.
 * @param host - the process unless told.
 * @returns the exit code; never throws.
 */
export async function main(
  argv: readonly string[],
  host: Host = processHost(),
  declarations: readonly CommandDeclaration[] = commands,
): Promise<ExitCode> {
  if (argv[0] === "complete") {
    const { complete } = await import("./complete.ts");
    complete(argv.slice(1), { declarations, workingDirectory: host.workingDirectory });
    return exitCodes.ok;
  }
  const { asked, exitCode } = await parse(argv, host, declarations);
  if (asked === undefined) return exitCode;
  const { runCommand } = await import("./run-command.ts");
  return runCommand(asked, host);
}

interface Parsed {
  readonly asked: Asked | undefined;
  /** How it ends when no command was asked for. */
  readonly exitCode: ExitCode;
}

async function parse(
  argv: readonly string[],
  { stdout, stderr }: Host,
  declarations: readonly CommandDeclaration[],
): Promise<Parsed> {
  let out = "";
  let err = "";
  let asked: Asked | undefined;
  let exitCode: ExitCode = exitCodes.ok;
  const output = {
    out: (text: string) => (out += text),
    err: (text: string) => (err += text),
    columns: stdout.columns,
  };
  const program = buildProgram(declarations, output, (found) => (asked = found));
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  if (out !== "") await stdout.write(out);
  if (err !== "") await stderr.write(err);
  return { asked, exitCode };
}
