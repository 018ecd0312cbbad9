import { ConfigError } from "./error.ts";
import type { ConfigProblem } from "./error.ts";
import { configProblems } from "./problems.ts";
import { referenceProblems } from "./references.ts";
import { configSchema } from "./schema.ts";
import { withSharedRole } from "./shared-role.ts";
import { isRecord, plainDataProblems } from "./plain-data.ts";
import { buildFleet } from "../fleet/build-fleet.ts";
import type { Config } from "./shardrock-config.ts";

export type { Config, ResidencyConfig, ShardrockConfig } from "./shardrock-config.ts";

/**
 * Checks a config and fills in its defaults. What needs the whole (residency, limits) is checked by `buildFleet`.
 * @param input - a `ShardrockConfig`, or anything that claims to be one.
 * @throws {ConfigError} `config-invalid` with every problem at once: path, rule and the value given, never a secret.
 */
export function parseConfig(input: unknown): Config {
  refuse(plainDataProblems(input));
  const whole = withSharedRole(input);
  const parsed = configSchema.safeParse(whole);
  if (!parsed.success) {
    const problems = configProblems(parsed.error, whole);
    throw new ConfigError([...problems, ...problemsOfTheRest(whole, problems)]);
  }
  refuse(problemsOfTheWhole(parsed.data));
  return parsed.data;
}

/** References that lead nowhere; and beside them, what building the fleet would say. */
function problemsOfTheWhole(config: Config): readonly ConfigProblem[] {
  const references = referenceProblems(config);
  return references.length === 0 ? [] : [...references, ...fleetProblems(config)];
}

/** What the sections that are well formed say together, when the ill-formed ones can be left out. */
function problemsOfTheRest(input: unknown, problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const sections = new Set(problems.map(({ path }) => String(path[0])));
  if (!isRecord(input) || problems.some(({ path }) => path.length === 0)) return [];
  const rest = Object.fromEntries(Object.entries(input).filter(([section]) => !sections.has(section)));
  const parsed = configSchema.safeParse(sections.has("residency") ? { ...rest, residency: anywhere } : rest);
  return parsed.success ? [...referenceProblems(parsed.data), ...fleetProblems(parsed.data)] : [];
}

const anywhere = { allowedRegions: "anywhere" } as const;

function fleetProblems(config: Config): readonly ConfigProblem[] {
  try {
    buildFleet(config);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function refuse(problems: readonly ConfigProblem[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
}
