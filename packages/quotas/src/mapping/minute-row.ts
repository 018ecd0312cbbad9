import type { QuotaRow } from "../reader/aws-reader.ts";
import type { MappedRow, MappedRows } from "./map-rows.ts";
import type { ModelMeaning } from "./meaning.ts";
import { modelName } from "./model-name.ts";

/** A minute quota of a model, for standard calls. */
export interface MinuteQuota {
  readonly endpoint: ModelMeaning["endpoint"];
  /** Such as `anthropic.claude-sonnet-4-6`. */
  readonly baseModelId: string;
  readonly scope: ModelMeaning["scope"];
  readonly unit: ModelMeaning["unit"];
}

/** Units of the minute quotas of each endpoint: mantle counts input and output apart. */
export const minuteUnits: Readonly<Record<ModelMeaning["endpoint"], readonly ModelMeaning["unit"][]>> = {
  runtime: ["tokens", "requests"],
  mantle: ["inputTokens", "outputTokens"],
};

/** The row that tells a minute quota; undefined: AWS tells none. */
export function minuteRow<R extends Pick<QuotaRow, "code" | "name" | "value">>(
  { mapped }: Pick<MappedRows<R>, "mapped">,
  { endpoint, baseModelId, scope, unit }: MinuteQuota,
): MappedRow<R> | undefined {
  const model = modelName(baseModelId);
  return mapped.find(
    ({ meaning }) =>
      meaning.kind === "model" &&
      meaning.model === model &&
      meaning.endpoint === endpoint &&
      meaning.scope === scope &&
      meaning.unit === unit &&
      meaning.window === "minute" &&
      meaning.variant === "standard",
  );
}
