import { modelFacts, type ShardrockConfig } from "@shardrock/core";
import { meaningOf, type ModelMeaning, modelName } from "@shardrock/quotas";
import { inferenceRows, type SimulatedQuotaRow } from "@shardrock/simulator";
import { stringify } from "yaml";
import { UsageError } from "../command-line/usage-error.ts";

export interface StarterOptions {
  /** Ids of foundation models. */
  readonly models: readonly string[];
  readonly regions: readonly string[];
  readonly accounts: number;
  /** What calls set as max_tokens; needed for models whose maximum nobody knows. */
  readonly maxTokens: number | undefined;
}

/** What every account begins with, of a model in a Region. */
interface DefaultLimits {
  readonly scope: "geo" | "on-demand" | "global";
  readonly tokensPerMinute: number;
  readonly requestsPerMinute?: number;
}

type Model = ShardrockConfig["models"][string];

/** As AWS lists them; the date is that of the list. */
export const defaultsReadOn = "2026-11-22";

/**
 * A config of AWS's defaults, for who has none yet: one profile of a geography for each model, or its plain id where it has none.
 * @throws {UsageError} for a model whose defaults are not known, naming those that are.
 */
export function starterConfig({ models, regions, accounts, maxTokens }: StarterOptions): ShardrockConfig {
  const ids = Array.from({ length: accounts }, (_, place) => String(100_000_000_001 + place));
  return {
    accounts: ids.map((id) => ({
      id,
      roleArn: `arn:aws:iam::${id}:role/shardrock`,
      externalId: "replace-me",
      regions,
    })),
    models: Object.fromEntries(models.map((id) => [id, modelOf(id, regions, maxTokens)])),
    residency: { allowedRegions: "anywhere" },
  };
}

/** As YAML, marked as what it is. */
export function starterText(config: ShardrockConfig): string {
  return [
    "# yaml-language-server: $schema=node_modules/@shardrock/core/config.schema.json",
    `# Made by shardrock plan from AWS's defaults as they were listed on ${defaultsReadOn}.`,
    "# Not what your accounts have: new ones often begin with less. shardrock quotas shows what AWS applies.",
    "# Replace the account ids, roles and externalId, and say in residency where prompts may be processed.",
    stringify(config, { aliasDuplicateObjects: false, lineWidth: 0 }),
  ].join("\n");
}

function modelOf(id: string, regions: readonly string[], maxTokens: number | undefined): Model {
  const name = modelName(id);
  if (name === undefined)
    throw new UsageError(
      `--model must be the id of a foundation model such as anthropic.claude-sonnet-4-6, got ${JSON.stringify(id.slice(0, 80))}`,
    );
  const limits = regions.map((region) => limitsOf(id, name, region));
  const [first] = limits;
  const maxOutputTokens = modelFacts(id).maxOutputTokens ?? maxTokens;
  if (first === undefined || maxOutputTokens === undefined)
    throw new UsageError(
      `nobody here knows the most tokens that ${id} answers with: give --max-tokens, which calls then set`,
    );
  const { scope } = first;
  const servedBy = regions.map((region) => ({ id: idOf(id, scope, region), regions: [region] }));
  const served = servedBy.filter((one, place) => servedBy.findIndex((each) => each.id === one.id) === place);
  return {
    servedBy: served.map((one) => ({
      id: one.id,
      ...(served.length > 1 && {
        regions: servedBy.filter((each) => each.id === one.id).flatMap((each) => each.regions),
      }),
    })),
    ...(modelFacts(id).maxOutputTokens === undefined && { maxOutputTokens }),
    quotas: {
      overrides: limits.map(({ scope: _, ...limit }, place) => ({ region: regions[place], ...limit })),
    },
  };
}

function limitsOf(id: string, name: string, region: string): DefaultLimits {
  for (const scope of ["geo", "on-demand", "global"] as const) {
    const tokensPerMinute = defaultOf({ name, scope, unit: "tokens" }, region);
    const requestsPerMinute = defaultOf({ name, scope, unit: "requests" }, region);
    if (tokensPerMinute !== undefined)
      return { scope, tokensPerMinute, ...(requestsPerMinute !== undefined && { requestsPerMinute }) };
  }
  throw new UsageError(
    `AWS's default limits of ${id} in ${region} are not known here: write them into a config and give --config. Known are ${knownModels().join(", ")}`,
  );
}

interface Wanted {
  readonly name: string;
  readonly scope: DefaultLimits["scope"];
  readonly unit: ModelMeaning["unit"];
}

function defaultOf({ name, scope, unit }: Wanted, region: string): number | undefined {
  const row = minuteRows().find(
    ({ meaning }) => meaning.model === name && meaning.scope === scope && meaning.unit === unit,
  )?.row;
  if (row === undefined || row.regions?.includes(region) === false) return undefined;
  return typeof row.value === "number" ? row.value : (row.value.in[region] ?? row.value.elsewhere);
}

interface MinuteRow {
  readonly row: SimulatedQuotaRow;
  readonly meaning: ModelMeaning;
}

function minuteRows(): readonly MinuteRow[] {
  return inferenceRows.flatMap((row): readonly MinuteRow[] => {
    const meaning = meaningOf(row);
    if (meaning.kind !== "model" || meaning.window !== "minute") return [];
    return meaning.variant === "standard" && meaning.endpoint === "runtime" ? [{ row, meaning }] : [];
  });
}

function knownModels(): readonly string[] {
  return [...new Set(minuteRows().map(({ meaning }) => meaning.model))].toSorted();
}

/** Source: AWS, "Supported Regions and models for inference profiles" (read 2026-11-22). */
function idOf(id: string, scope: DefaultLimits["scope"], region: string): string {
  if (scope === "on-demand") return id;
  if (scope === "global") return `global.${id}`;
  if (region.startsWith("us-gov-")) return `us-gov.${id}`;
  if (/^(?:us|ca)-/.test(region)) return `us.${id}`;
  if (region.startsWith("eu-")) return `eu.${id}`;
  if (/^ap-northeast-[13]$/.test(region)) return `jp.${id}`;
  return /^ap-southeast-[246]$/.test(region) ? `au.${id}` : `apac.${id}`;
}
