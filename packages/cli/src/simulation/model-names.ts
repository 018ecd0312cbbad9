import type { Fleet } from "@shardrock/core";
import type { TraceCall } from "../traces/trace-call.ts";

/** Names that are remembered: each account has an ARN of its own for a model. */
const mostNames = 100_000;

/** Finds the model that a call means: what it names, or an id or ARN that serves it; the only one there is, where it names none. */
export function modelNames({ models }: Fleet): (call: TraceCall) => string | undefined {
  const known = new Map<string, string>();
  for (const [name, { targets }] of models) for (const { modelId } of targets) known.set(modelId, name);
  for (const name of models.keys()) known.set(name, name);
  const [only] = models.size === 1 ? models.keys() : [];
  return ({ model }) => {
    if (model === undefined) return only;
    const name = known.get(model) ?? known.get(model.slice(model.lastIndexOf("/") + 1));
    if (name !== undefined && known.size < mostNames) known.set(model, name);
    return name;
  };
}
