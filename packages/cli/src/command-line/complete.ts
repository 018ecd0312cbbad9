import { readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { RootCommand } from "@bomb.sh/tab";
import type { CommandDeclaration } from "./command-declaration.ts";

export interface CompleteOptions {
  readonly declarations: readonly CommandDeclaration[];
  readonly workingDirectory: string;
}

/**
 * Answers a shell that asks what may follow, on stdout, as the scripts of `shardrock completion` read it.
 * @param argv - `--`, and the words so far, of which the last is being typed.
 */
export function complete(argv: readonly string[], { declarations, workingDirectory }: CompleteOptions): void {
  const words = argv[0] === "--" ? argv.slice(1) : [...argv];
  const typed = words.at(-1) ?? "";
  const paths = (): readonly string[] => pathsLike(typed.replace(/^--[\w-]+=/, ""), workingDirectory);
  const root = new RootCommand();
  for (const { name, summary, options, arguments: positional = [] } of declarations) {
    const command = root.command(name, summary);
    for (const argument of positional) {
      const words = argument.isPath === true ? paths : (): readonly string[] => argument.choices ?? [];
      command.argument(argument.name, (suggest) => words().forEach((word) => suggest(word, "")), argument.isVariadic);
    }
    for (const option of [...options, json]) {
      const words = option.isPath === true ? paths : (): readonly string[] => option.choices ?? [];
      if (option.value === undefined) command.option(option.name, option.description, option.short);
      else
        command.option(
          option.name,
          option.description,
          (suggest) => words().forEach((word) => suggest(word, "")),
          option.short,
        );
    }
  }
  root.parse([...words]);
}

const json: CommandDeclaration["options"][number] = { name: "json", description: "Print the answer as JSON." };

/** What lies in the folder that is being typed; nothing when it cannot be read. */
function pathsLike(typed: string, workingDirectory: string): readonly string[] {
  const folder = typed.endsWith("/") ? typed : dirname(typed);
  const beginning = typed.endsWith("/") ? "" : basename(typed);
  try {
    const entries = readdirSync(resolve(workingDirectory, folder), { withFileTypes: true });
    const found = entries.filter(
      ({ name }) => name.startsWith(beginning) && (beginning !== "" || !name.startsWith(".")),
    );
    const prefix = typed.startsWith("./") ? "./" : "";
    return found.map((entry) => {
      const path = typed.includes("/") ? `${prefix}${join(folder, entry.name)}` : entry.name;
      return entry.isDirectory() ? `${path}/` : path;
    });
  } catch {
    return []; // a folder that is not there has nothing to offer
  }
}
