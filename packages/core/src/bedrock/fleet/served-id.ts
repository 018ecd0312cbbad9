import { readModelId } from "./model-id.ts";
import type { ModelId, ModelIdProblem } from "./model-id.ts";

/** What the config says of one served id that the id's meaning depends on. */
export interface ServedId {
  readonly id: string;
  readonly endpoint: "runtime" | "mantle";
  readonly baseModel?: string | undefined;
}

/** Reads a served id as its endpoint reads it. */
export function readServedId({ id, endpoint, baseModel }: ServedId): ModelId | ModelIdProblem {
  return endpoint === "mantle" ? readMantleId(id, baseModel) : readModelId(id, baseModel);
}

/**
 * Mantle takes plain model ids only and runs them in the Region that is called, so even an unknown provider's stays.
 * Source: AWS, "Monitor bedrock-mantle", and bifrost's documentation: no prefix of a geography and no version such as
 * `-v1:0` (read 2026-11-22).
 */
function readMantleId(id: string, baseModel: string | undefined): ModelId | ModelIdProblem {
  const read = readModelId(id);
  const plain = "such as anthropic.claude-opus-4-8";
  if (id.startsWith("arn:")) return problem("id", `must be a plain model id ${plain}: mantle takes no ARNs`);
  if (read.kind === "problem") return problem("id", `must be a model id ${plain}`);
  if (read.scope !== "on-demand") {
    return problem("id", `must be a plain model id such as ${read.baseModelId}: mantle has no inference profiles`);
  }
  if (id.includes(":")) return problem("id", `must be a model id without a version, ${plain}: mantle's have none`);
  if (baseModel !== undefined)
    return problem("baseModel", "must be left out: mantle's ids name their model themselves");
  return { ...read, staysInRegion: true };
}

function problem(option: ModelIdProblem["option"], message: string): ModelIdProblem {
  return { kind: "problem", option, message };
}
