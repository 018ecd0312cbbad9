import { ConfigError } from "./error.ts";
import type { ConfigProblem } from "./error.ts";
import { configProblems } from "./problems.ts";
import { referenceProblems } from "./references.ts";
import { configSchema } from "./schema.ts";
import { plainDataProblems } from "./plain-data.ts";
import type { Config } from "./shardrock-config.ts";

export type { Config, ResidencyConfig, ShardrockConfig } from "./shardrock-config.ts";

/**
 * Checks a config and fills in its defaults. What needs the whole (residency, limits) is checked by `buildFleet`.
 * @param input - a `ShardrockConfig`, or anything that claims to be one.
 * @throws {ConfigError} `config-invalid` with every problem at once: path, rule and the value given, never a secret.
 */
export function parseConfig(input: unknown): Config {
  refuse(plainDataProblems(input));
  const parsed = configSchema.safeParse(input);
  if (!parsed.success) throw new ConfigError(configProblems(parsed.error, input));
  refuse(referenceProblems(parsed.data));
  return parsed.data;
}

function refuse(problems: readonly ConfigProblem[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
}
