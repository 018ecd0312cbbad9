import { type ConfigProblem, formatPath } from "../config/error.ts";
import type { Config } from "../config/shardrock-config.ts";
import type { DraftTarget } from "./draft-targets.ts";

/** A cap so low that all accounts of a model together could not take all of its calls. The model with fewest decides. */
export function smallShare(
  drafts: readonly DraftTarget[],
  { maxAccountShare }: Pick<Config, "maxAccountShare">,
): readonly ConfigProblem[] {
  const accounts = new Map<string, Set<string>>();
  for (const { model, accountId } of drafts) accounts.set(model, (accounts.get(model) ?? new Set()).add(accountId));
  const tight = [...accounts].filter(([, ids]) => ids.size * maxAccountShare < 1 - 1e-9);
  const [first, ...others] = tight.sort(([, one], [, other]) => one.size - other.size);
  if (first === undefined) return [];
  const [model, { size }] = first;
  const plural = others.length === 1 ? "other model has" : "other models have";
  const more = others.length === 0 ? "" : `, and ${others.length} ${plural} too few`;
  const message =
    `must be at least ${leastShare(size)}, got ${maxAccountShare}: ` +
    `${size} ${size === 1 ? "account serves" : "accounts serve"} ${formatPath(["models", model])}${more}`;
  return [{ path: ["maxAccountShare"], message }];
}

/** Rounded up, so that it can be typed in as it is read. */
function leastShare(accounts: number): number {
  return Math.ceil(1e4 / accounts) / 1e4;
}
