import type { ConfigProblem } from "../config/error.ts";
import { modelFacts } from "./model-catalogue.ts";
import type { ModelFacts, ModelFamily } from "./model-catalogue.ts";
import type { ModelConfig } from "../config/model.ts";
import { readServedId } from "./served-id.ts";
import type { ServedId } from "./served-id.ts";

/** Facts of one served model: the config's, else the catalogue's. */
export interface ServedFacts {
  readonly family: ModelFamily;
  readonly burndown: number;
  /** 0 when a problem says that nobody knows. */
  readonly maxOutputTokens: number;
  readonly problems: readonly ConfigProblem[];
}

/** Reads the facts of a model off its ids. Where ids differ the dearer counts: we may waste quota, never overspend it. */
export function readServedFacts(name: string, model: ModelConfig): ServedFacts {
  const named = model.model === undefined ? [] : [model.model];
  const ids = [...new Set([...model.servedBy.flatMap(baseIdOf), ...named])];
  const facts = ids.map((id) => ({ id, ...modelFacts(id) }));
  const families = [...new Set(facts.map(({ family }) => family))];
  const unknown = model.maxOutputTokens === undefined ? facts.filter((fact) => fact.maxOutputTokens === undefined) : [];
  return {
    family: families[0] ?? "other",
    burndown: model.burndown ?? highest(facts, (fact) => fact.burndown),
    maxOutputTokens: model.maxOutputTokens ?? highest(facts, (fact) => fact.maxOutputTokens ?? 0),
    problems: [
      ...(families.length > 1 ? [mixed(name, families)] : []),
      ...(unknown.length > 0 ? [maxOutputUnknown(name, unknown)] : []),
    ],
  };
}

function baseIdOf(served: ServedId): readonly string[] {
  const read = readServedId(served);
  return read.kind === "problem" ? [] : [read.baseModelId];
}

function highest(facts: readonly ModelFacts[], value: (fact: ModelFacts) => number): number {
  return facts.reduce((most, fact) => Math.max(most, value(fact)), 0);
}

function mixed(name: string, families: readonly ModelFamily[]): ConfigProblem {
  const message = `must be one model: a call goes to whichever has room, got ${families.join(" and ")}`;
  return { path: ["models", name, "servedBy"], message };
}

function maxOutputUnknown(name: string, unknown: readonly { readonly id: string }[]): ConfigProblem {
  const message = `is missing, and the catalogue does not know ${unknown.map(({ id }) => id).join(", ")}; set it to what the model's card says`;
  return { path: ["models", name, "maxOutputTokens"], message };
}
