import { ShardrockError } from "../../errors.ts";

/** Keys and indexes from the top of the config down to one value. */
export type ConfigPath = readonly (string | number)[];

/** One thing wrong with a config. */
export interface ConfigProblem {
  readonly path: ConfigPath;
  /** The rule, and the value given unless it might be a secret. */
  readonly message: string;
  /** `file:line:column`, counted from 1, when the config came from a file. */
  readonly position?: string;
}

/** More problems than this are counted, not listed. */
const mostListed = 100;

/** A config that cannot be used. `message` lists what is wrong with it, one problem a line. */
export class ConfigError extends ShardrockError {
  override readonly name = "ConfigError";
  /** Every problem found, at least one. */
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], options?: { readonly cause?: unknown }) {
    super("config-invalid", listed(problems), options);
    this.problems = problems;
  }
}

/** `accounts[0].id`: how a path is written in TypeScript. Odd keys are quoted, so one problem stays one line. */
export function formatPath(path: ConfigPath): string {
  const text = path.map((step) => (typeof step === "number" ? `[${step}]` : formatKey(step))).join("");
  return text.startsWith(".") ? text.slice(1) : text;
}

function listed(problems: readonly ConfigProblem[]): string {
  const lines = problems.slice(0, mostListed).map(line);
  if (problems.length > mostListed) lines.push(`and ${problems.length - mostListed} more`);
  return [`The config has ${problems.length} ${problems.length === 1 ? "problem" : "problems"}:`, ...lines].join("\n");
}

function line({ position, path, message }: ConfigProblem): string {
  const where = [position, formatPath(path)].filter((part) => part !== undefined && part !== "").join(" ");
  return where === "" ? message : `${where}: ${message}`;
}

function formatKey(key: string): string {
  return /^[\w$-]{1,128}$/.test(key) ? `.${key}` : `[${JSON.stringify(key.slice(0, 128))}]`;
}
