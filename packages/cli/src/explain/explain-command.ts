import { type Candidate, type Explanation, openRouter, type RefusedTarget, servedModel } from "@shardrock/core";
import type { CommandContext } from "../command-line/command-context.ts";
import type { CommandInput } from "../command-line/command-input.ts";
import { type ExitCode, exitCodes } from "../command-line/exit-code.ts";
import { textTable } from "../command-line/text-table.ts";
import { UsageError } from "../command-line/usage-error.ts";
import { readConfig } from "../command-line/read-config.ts";

/** Shows where a call could go, and why. */
export async function run(input: CommandInput, context: CommandContext): Promise<ExitCode> {
  const size = { from: 0, upTo: 1e9, isWhole: true };
  const inputTokens = input.number("input", size) ?? missing();
  const asked = input.number("max-tokens", { ...size, from: 1 });
  const modelName = input.demanded("model");
  const tenant = input.text("tenant");
  const config = await readConfig(input.demanded("config"), context);
  using open = openRouter(config, { clock: context.clock, random: context.random });
  const model = servedModel(open.fleet, modelName);
  const maxTokens = asked ?? model.maxOutputTokens;
  const holdTokens = inputTokens + maxTokens;
  const candidates = model.targets.map((target): Candidate => ({ target, cost: holdOf(target.endpoint, holdTokens) }));
  const rows = open.router.explain({ pool: model.name, candidates, ...(tenant !== undefined && { tenant }) });
  const refused = open.fleet.refused.filter((one) => one.model === model.name);
  if (asked === undefined)
    await context.note(`no --max-tokens: AWS holds the model's maximum of ${maxTokens} output tokens`);
  await context.print({
    json: {
      model: model.name,
      inputTokens,
      maxTokens,
      holdTokens,
      tenant: tenant ?? null,
      candidates: rows.map(asJson),
      refused,
    },
    text: () => asText({ rows, refused, holdTokens }, context),
  });
  return exitCodes.ok;
}

function missing(): never {
  throw new UsageError("--input is missing");
}

/** What AWS takes when the call starts; each endpoint counts in its own quotas. */
function holdOf(endpoint: "runtime" | "mantle", tokens: number): Candidate["cost"] {
  return endpoint === "mantle" ? { inputTokens: tokens, outputTokens: 0 } : { requests: 1, tokens };
}

function asJson({ target, rank, score, startsInMs, headroom, reason }: Explanation): object {
  const { id, accountId, region, endpoint, modelId, weight } = target;
  const ms = (value: number): number | null => (Number.isFinite(value) ? Math.round(value) : null);
  return {
    target: id,
    accountId,
    region,
    endpoint,
    modelId,
    weight,
    rank: rank ?? null,
    score: ms(score),
    startsInMs: ms(startsInMs),
    headroom,
    reason,
  };
}

interface Shown {
  readonly rows: readonly Explanation[];
  readonly refused: readonly RefusedTarget[];
  readonly holdTokens: number;
}

function asText({ rows, refused, holdTokens }: Shown, context: CommandContext): string {
  const { colors } = context;
  const lines = rows.map(({ target, rank, score, headroom, reason }) => [
    rank === undefined ? colors.red("no") : String(rank),
    target.accountId,
    target.region,
    target.endpoint,
    target.modelId,
    `${(headroom * 100).toFixed(1)} %`,
    Number.isFinite(score) ? String(Math.round(score)) : "never",
    reason,
  ]);
  const out = refused.map(({ targetId, reason }) => [colors.red("no"), ...placeOf(targetId), "", "", reason]);
  const head = ["rank", "account", "Region", "endpoint", "model id", "headroom", "score", "reason"];
  const title = `A call that holds ${holdTokens} tokens, on an idle book: ${rows.length} ${rows.length === 1 ? "candidate" : "candidates"}`;
  const left = refused.length === 0 ? "" : `, and ${refused.length} that the config's rules leave out`;
  return `${title}${left}\n\n${textTable({ head, rows: [...lines, ...out], right: [0, 5, 6] }, context)}`;
}

/** Account, Region, endpoint and model id of a target's id; ARNs hold slashes too. */
function placeOf(targetId: string): readonly string[] {
  const [accountId = "", region = "", endpoint = "", ...modelId] = targetId.split("/");
  return [accountId, region, endpoint, modelId.join("/")];
}
