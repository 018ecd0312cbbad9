import { modelName } from "../mapping/model-name.ts";

/** Far more ids than any config has. */
const mostNames = 1_000;

const names = new Map<string, string | undefined>();

/** As `modelName`, read once: every fleet asks for the same few ids thousands of times. */
export function nameOfModel(modelId: string): string | undefined {
  if (names.has(modelId)) return names.get(modelId);
  const name = modelName(modelId);
  if (names.size < mostNames) names.set(modelId, name);
  return name;
}
