import { type Config, parseConfig } from "@shardrock/core";
import type { CommandContext } from "../command-line/command-context.ts";
import type { CommandInput } from "../command-line/command-input.ts";
import { UsageError } from "../command-line/usage-error.ts";
import { writeFileWhole } from "../command-line/write-file.ts";
import { readConfig } from "../command-line/read-config.ts";
import { regionNotes } from "../command-line/region-notes.ts";

/** The config that a plan is about. */
export interface AskedConfig {
  readonly config: Config;
  /** As it was typed; undefined: it was made from AWS's defaults. */
  readonly name: string | undefined;
}

const starterOnly = ["region", "accounts", "write-config"] as const;

/**
 * The config that `--config` names, or one of AWS's defaults.
 * @throws {ConfigError} for one that cannot be used. @throws {UsageError} when it is not said what to begin with.
 */
export async function askedConfig(input: CommandInput, context: CommandContext): Promise<AskedConfig> {
  const name = input.text("config");
  if (name === undefined) return { config: await startedConfig(input, context), name };
  const mistaken = starterOnly.find((option) => input.text(option) !== undefined);
  if (mistaken !== undefined) throw new UsageError(`--${mistaken} is for plans without --config`);
  return { config: await readConfig(name, context), name };
}

async function startedConfig(input: CommandInput, context: CommandContext): Promise<Config> {
  const models = input.text("model");
  if (models === undefined)
    throw new UsageError(
      "--config is missing; without it, --model must name foundation models such as anthropic.claude-sonnet-4-6",
    );
  const { starterConfig, starterText } = await import("./starter-config.ts");
  const started = starterConfig({
    models: models.split(",").map((part) => part.replace(/=.*$/s, "").trim()),
    regions: regionsOf(input.text("region") ?? "us-east-1"),
    accounts: input.number("accounts", { from: 1, upTo: 1_000, isWhole: true }) ?? 1,
    maxTokens: input.number("max-tokens", { from: 1, upTo: 1e7, isWhole: true }),
  });
  const config = parseConfig(started);
  for (const note of regionNotes(config)) await context.note(note);
  const path = input.text("write-config");
  if (path !== undefined) {
    await writeFileWhole(context.pathOf(path), [starterText(started)], context.signal);
    await context.note(`${path}: written, with AWS's default limits`);
  }
  return config;
}

function regionsOf(text: string): readonly string[] {
  const regions = text.split(",").map((part) => part.trim());
  const wrong = regions.find((region) => !/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region));
  if (wrong === undefined) return [...new Set(regions)];
  throw new UsageError(`--region must name Regions such as us-east-1,us-west-2, got ${JSON.stringify(wrong)}`);
}
