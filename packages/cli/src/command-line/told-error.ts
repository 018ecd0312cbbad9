import { existsSync, readdirSync } from "node:fs";
import { dirname, extname } from "node:path";
import { type ExitCode, exitCodes } from "./exit-code.ts";

/** How an error is told to people and to scripts. */
export interface ToldError {
  /** One line or more, without a stack trace unless `SHARDROCK_DEBUG` is set. */
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** Codes of `ShardrockError` that speak of what was typed or configured, and of access. */
const exitCodeOfCode: ReadonlyMap<string, ExitCode> = new Map([
  ["config-invalid", exitCodes.usage],
  ["option-invalid", exitCodes.usage],
  ["model-unknown", exitCodes.usage],
  ["credentials-unavailable", exitCodes.awsAccess],
  ["account-mismatch", exitCodes.awsAccess],
]);

const fileProblems: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file or folder"],
  ["EACCES", "no permission"],
  ["EISDIR", "it is a folder, not a file"],
  ["ENOTDIR", "a part of the path is a file, not a folder"],
  ["ENOSPC", "the disk is full"],
  ["EROFS", "the disk cannot be written to"],
]);

/** What to say of an error, and which code to end with. Recognised by shape, so that a second copy of core does no harm. */
export function toldError(error: unknown, env: Readonly<Record<string, string | undefined>>): ToldError {
  const isDebugged = (env["SHARDROCK_DEBUG"] ?? "") !== "";
  const stack = isDebugged && error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : "";
  const told = describe(error);
  return { ...told, message: `${told.message}${stack}` };
}

function describe(error: unknown): ToldError {
  if (!(error instanceof Error)) return { message: `something failed: ${String(error)}`, exitCode: exitCodes.failure };
  const code = "code" in error ? error.code : undefined;
  const path = "path" in error && typeof error.path === "string" ? error.path : undefined;
  const problem = typeof code === "string" ? fileProblems.get(code) : undefined;
  if (problem !== undefined && path !== undefined) {
    const hint = code === "ENOENT" ? whatIsThere(path) : "";
    return { message: `${path}: ${problem}${hint}`, exitCode: exitCodes.usage };
  }
  if (isAccess(error)) return { message: `${error.name}: ${error.message}`, exitCode: exitCodes.awsAccess };
  if (typeof code !== "string") {
    const message = `${error.name}: ${error.message}\nThis should not happen: set SHARDROCK_DEBUG=1 to see where, and please report it.`;
    return { message, exitCode: exitCodes.failure };
  }
  return { message: error.message, exitCode: exitCodeOfCode.get(code) ?? exitCodes.failure };
}

const mostListed = 6;

/** Files of the same kind in the folder of one that is not there, for who mistyped its name. */
function whatIsThere(path: string): string {
  const folder = dirname(path);
  if (!existsSync(folder)) return `; nor is there a folder ${folder}`;
  try {
    const alike = readdirSync(folder).filter((name) => extname(name) === extname(path) && !name.startsWith("."));
    if (alike.length === 0) return "";
    const more = alike.length > mostListed ? ` and ${alike.length - mostListed} more` : "";
    return `; in ${folder} there are ${alike.toSorted().slice(0, mostListed).join(", ")}${more}`;
  } catch {
    return ""; // a folder that cannot be read has no hint to give
  }
}

/** AWS says no, or there is nothing to ask it with. Source: the SDK's `CredentialsProviderError`, STS (read 2026-11-23). */
function isAccess(error: Error): boolean {
  if (error.name === "CredentialsProviderError") return true;
  const metadata: unknown = "$metadata" in error ? error.$metadata : undefined;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return false;
  return metadata.httpStatusCode === 401 || metadata.httpStatusCode === 403;
}
