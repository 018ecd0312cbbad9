import { parseDuration } from "./duration.ts";
import { UsageError } from "./usage-error.ts";

/** What commander makes of an option. */
export type OptionValue = string | boolean | undefined;

/** Bounds of a number that is typed. */
export interface NumberRule {
  /** The least that is accepted. */
  readonly from?: number;
  /** Greater than this. */
  readonly above?: number;
  /** The most that is accepted. */
  readonly upTo?: number;
  /** Fractions are not. */
  readonly isWhole?: boolean;
}

/** What was typed after a command's name, read and checked one by one: a wrong value is a `UsageError`. */
export class CommandInput {
  /** Positional ones, in order. */
  readonly arguments: readonly string[];
  readonly #options: ReadonlyMap<string, OptionValue>;

  /** @param options - by name, in kebab case and without dashes. */
  constructor(positional: readonly string[], options: ReadonlyMap<string, OptionValue>) {
    this.arguments = positional;
    this.#options = options;
  }

  /** A positional argument that the declaration demands, so that it is there. */
  argument(place: number): string {
    const value = this.arguments[place];
    if (value === undefined) throw new UsageError(`argument ${place + 1} is missing`);
    return value;
  }

  flag(name: string): boolean {
    return this.#options.get(name) === true;
  }

  text(name: string): string | undefined {
    const value = this.#options.get(name);
    return typeof value === "string" ? value : undefined;
  }

  /** @throws {UsageError} when it was not given. */
  demanded(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new UsageError(`--${name} is missing`);
    return value;
  }

  number(name: string, rule: NumberRule = {}): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : checkedNumber(`--${name}`, text, rule);
  }

  /** Numbers with commas between them, such as `1155,4083`. @param count - how many; undefined: one or more. */
  numbers(name: string, rule: NumberRule & { readonly count?: number } = {}): readonly number[] | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const parts = text.split(",");
    if (rule.count !== undefined && parts.length !== rule.count)
      throw new UsageError(`--${name} must be ${rule.count} numbers with a comma between them, got ${shown(text)}`);
    return parts.map((part) => checkedNumber(`--${name}`, part.trim(), rule));
  }

  /** A time such as `90s`, `15m`, `1h` or `1d`, in ms, above 0. */
  durationMs(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const ms = parseDuration(text);
    if (ms === undefined)
      throw new UsageError(`--${name} must be a time such as 90s, 15m, 1h or 1d, got ${shown(text)}`);
    return ms;
  }

  /** One of a few words. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = words.find((word) => word === text);
    if (found === undefined) throw new UsageError(`--${name} must be one of ${words.join(", ")}, got ${shown(text)}`);
    return found;
  }
}

function checkedNumber(option: string, text: string, rule: NumberRule): number {
  const value = text === "" ? Number.NaN : Number(text);
  const { from = Number.NEGATIVE_INFINITY, above = Number.NEGATIVE_INFINITY, upTo = Number.POSITIVE_INFINITY } = rule;
  const isMet = Number.isFinite(value) && value >= from && value > above && value <= upTo;
  if (isMet && (rule.isWhole !== true || Number.isInteger(value))) return value;
  throw new UsageError(`${option} must be ${sayRule(rule)}, got ${shown(text)}`);
}

function sayRule({ from, above, upTo, isWhole = false }: NumberRule): string {
  const lower = from === undefined ? (above === undefined ? "" : ` above ${above}`) : ` from ${from} up`;
  const upper = upTo === undefined ? "" : `${lower === "" ? "" : " and"} at most ${upTo}`;
  return `a ${isWhole ? "whole " : ""}number${lower}${upper}`;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
