import type { CommandContext } from "./command-context.ts";
import type { CommandInput } from "./command-input.ts";
import type { ExitCode } from "./exit-code.ts";

/** A command as `--help` and completion show it. Cheap to load: what it does is loaded when it is run. */
export interface CommandDeclaration {
  /** What is typed: one word. */
  readonly name: string;
  /** One line, without a full stop, for the list of commands. */
  readonly summary: string;
  /** What it does and prints, in a few plain sentences. */
  readonly description: string;
  /** In the order they are typed; optional ones last. */
  readonly arguments?: readonly ArgumentDeclaration[];
  /** Besides `--json` and `--help`, which every command has; the most used first. */
  readonly options: readonly OptionDeclaration[];
  /** At least one. */
  readonly examples: readonly CommandExample[];
  /** Brings its code: `() => import("./fit-command.ts")`. */
  readonly load: () => Promise<CommandModule>;
}

/** One positional argument. */
export interface ArgumentDeclaration {
  readonly name: string;
  readonly description: string;
  readonly isOptional?: boolean;
  /** Takes all that follow; only the last may. */
  readonly isVariadic?: boolean;
  /** Completes to paths. */
  readonly isPath?: boolean;
  readonly choices?: readonly string[];
}

/** One option. */
export interface OptionDeclaration {
  /** Without dashes, in kebab case: `max-tokens`. */
  readonly name: string;
  /** What stands for its value in the help, such as `n` or `mean,p95`; undefined: it is a flag. */
  readonly value?: string;
  /** With its unit, and what holds when it is not given. */
  readonly description: string;
  /** A single letter that means the same. */
  readonly short?: string;
  /** Nothing else is accepted. */
  readonly choices?: readonly string[];
  /** Completes to paths. */
  readonly isPath?: boolean;
  /** Without it the command is not run. */
  readonly isRequired?: boolean;
}

/** A command line, and what it is good for. */
export interface CommandExample {
  /** As typed, from `shardrock` on. */
  readonly line: string;
  readonly says: string;
}

/** What `load` brings. */
export interface CommandModule {
  /** Does the work, prints through the context, and says how it ended. @throws {ShardrockError} which the frame prints. */
  readonly run: (input: CommandInput, context: CommandContext) => Promise<ExitCode>;
}
