import { readFileSync } from "node:fs";
import { Argument, Command, Option } from "commander";
import type { ArgumentDeclaration, CommandDeclaration, OptionDeclaration } from "./command-declaration.ts";
import type { OptionValue } from "./command-input.ts";

/** Which command was asked for, and with what. */
export interface Asked {
  readonly declaration: CommandDeclaration;
  readonly arguments: readonly string[];
  readonly options: ReadonlyMap<string, OptionValue>;
}

/** What a program writes besides what commands do: help, the version, and what is wrong with what was typed. */
export interface ProgramOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Characters in a line. */
  readonly columns: number | undefined;
}

/** The command line's grammar. @param onAsked - told the command, when what was typed is one. */
export function buildProgram(
  declarations: readonly CommandDeclaration[],
  output: ProgramOutput,
  onAsked: (asked: Asked) => void,
): Command {
  const program = new Command("shardrock");
  const configure = (command: Command): Command =>
    command.exitOverride().configureOutput({
      writeOut: output.out,
      writeErr: output.err,
      getOutHelpWidth: () => output.columns ?? 100,
      getErrHelpWidth: () => output.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  configure(program)
    .description("Prove capacity before buying it: many AWS accounts as one Amazon Bedrock.")
    .version(versionOf(), "-V, --version", "Print the version.")
    .helpOption("-h, --help", "Show this help.")
    .helpCommand("help [command]", "Show the help of a command")
    .showHelpAfterError("All commands: shardrock --help")
    .addHelpText("after", closing);
  for (const declaration of declarations) {
    const command = configure(new Command(declaration.name));
    declare(command, declaration).action(() =>
      onAsked({ declaration, arguments: command.args, options: optionsOf(command, declaration) }),
    );
    program.addCommand(command);
  }
  return program;
}

/** `Usage: shardrock fit [options] <file>` and where to read more. */
export function helpLine(declaration: CommandDeclaration): string {
  const positional = (declaration.arguments ?? []).map((argument) => ` ${placeholder(argument)}`).join("");
  return `Usage: shardrock ${declaration.name} [options]${positional}\nMore: shardrock ${declaration.name} --help`;
}

const closing = `
Every command takes --json, prints data to stdout and notes to stderr, and tells how to use it: shardrock <command> --help
Exit codes: 0 ok, 1 failure, 2 usage or config, 3 plan infeasible, 4 AWS access, 130 interrupted.
Variables: NO_COLOR=1 leaves colours out, SHARDROCK_DEBUG=1 shows where an error came from.`;

function declare(command: Command, declaration: CommandDeclaration): Command {
  command
    .summary(declaration.summary)
    .description(declaration.description)
    .helpOption("-h, --help", "Show this help.")
    .allowExcessArguments(false)
    .showHelpAfterError(helpLine(declaration))
    .addHelpText("after", sayExamples(declaration));
  for (const argument of declaration.arguments ?? []) {
    const made = new Argument(placeholder(argument), argument.description);
    command.addArgument(argument.choices === undefined ? made : made.choices(argument.choices));
  }
  for (const option of declaration.options) command.addOption(commanderOption(option));
  return command.option("--json", "Print the answer as JSON.");
}

function commanderOption({ name, value, description, short, choices, isRequired }: OptionDeclaration): Option {
  const flags = `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` <${value}>`}`;
  const option = new Option(flags, description).makeOptionMandatory(isRequired ?? false);
  return choices === undefined ? option : option.choices(choices);
}

function placeholder({ name, isOptional, isVariadic }: ArgumentDeclaration): string {
  const inner = isVariadic === true ? `${name}...` : name;
  return isOptional === true ? `[${inner}]` : `<${inner}>`;
}

function optionsOf(command: Command, { options }: CommandDeclaration): ReadonlyMap<string, OptionValue> {
  const values = new Map<string, OptionValue>();
  for (const name of [...options.map((option) => option.name), "json"]) {
    const value: unknown = command.getOptionValue(camelCase(name));
    if (typeof value === "string" || typeof value === "boolean") values.set(name, value);
  }
  return values;
}

/** As commander calls an option's value. */
function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function sayExamples({ examples }: CommandDeclaration): string {
  const lines = examples.map(({ line, says }) => `  ${line}\n      ${says}`);
  return `\n${examples.length === 1 ? "Example" : "Examples"}:\n${lines.join("\n")}`;
}

function versionOf(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const isNamed = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return isNamed ? String(manifest.version) : "unknown";
}
