import { ConfigError } from "../config/error.ts";
import { parseConfig } from "../config/parse.ts";
import { exampleAccount, exampleConfig } from "./example-config.test.kit.ts";

/** The example with one part replaced by anything at all. */
export function broken(change: Readonly<Record<string, unknown>>): unknown {
  return { ...exampleConfig(), ...change };
}

/** The example with one account, of which one part is replaced by anything at all. */
export function brokenAccount(change: Readonly<Record<string, unknown>>): unknown {
  return broken({ accounts: [{ ...exampleAccount(1), ...change }] });
}

/** The lines of the refusal without its headline; none when the config is taken. */
export function problemsOf(input: unknown): readonly string[] {
  try {
    parseConfig(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n").slice(1);
    throw error;
  }
  return [];
}
