import type { CommandDeclaration } from "./command-declaration.ts";

/** Every command, in the order `shardrock --help` lists them. A new one is a line here. */
export const commands: readonly CommandDeclaration[] = [];
