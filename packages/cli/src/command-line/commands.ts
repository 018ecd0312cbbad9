import { iamDeclaration } from "../iam/iam-declaration.ts";
import { fitDeclaration } from "../traces/commands/fit-declaration.ts";
import { generateDeclaration } from "../traces/commands/generate-declaration.ts";
import { traceDeclaration } from "../traces/commands/trace-declaration.ts";
import type { CommandDeclaration } from "./command-declaration.ts";

/** Every command, in the order `shardrock --help` lists them. A new one is a line here. */
export const commands: readonly CommandDeclaration[] = [
  iamDeclaration,
  traceDeclaration,
  fitDeclaration,
  generateDeclaration,
];
