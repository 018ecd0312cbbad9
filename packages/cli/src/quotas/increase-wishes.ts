import type { IncreaseLoad, IncreaseWish } from "@shardrock/quotas";
import type { CommandInput } from "../command-line/command-input.ts";
import { UsageError } from "../command-line/usage-error.ts";
import { grouped } from "../grouped.ts";
import type { QuotaUse } from "./quota-use.ts";

/** What to ask for: so much, or so many times what there is. */
export type Aim =
  { readonly kind: "value"; readonly value: number } | { readonly kind: "times"; readonly times: number };

/** What `--increase` was told. */
export interface IncreaseAims {
  readonly tokens: Aim | undefined;
  readonly requests: Aim | undefined;
  readonly load: IncreaseLoad;
  readonly useCase: string | undefined;
}

/** Reads what `--increase` is to ask for. @throws {UsageError} */
export function increaseAims(input: CommandInput): IncreaseAims {
  const tokens = aimOf("tokens", input.text("tokens"));
  const requests = aimOf("requests", input.text("requests"));
  if (tokens === undefined && requests === undefined) {
    throw new UsageError("--increase needs --tokens or --requests, such as --tokens 2x");
  }
  const load = input.numbers("load", { from: 0, count: 6 });
  if (load === undefined) {
    throw new UsageError(
      "--increase needs --load, which AWS's form asks for: steady and peak TPM, steady and peak RPM, average input and output tokens",
    );
  }
  const [steadyTokensPerMinute = 0, peakTokensPerMinute = 0, steadyRequestsPerMinute = 0, ...others] = load;
  const [peakRequestsPerMinute = 0, averageInputTokens = 0, averageOutputTokens = 0] = others;
  return {
    tokens,
    requests,
    load: {
      steadyTokensPerMinute,
      peakTokensPerMinute,
      steadyRequestsPerMinute,
      peakRequestsPerMinute,
      averageInputTokens,
      averageOutputTokens,
    },
    useCase: input.text("use-case"),
  };
}

function aimOf(name: string, text: string | undefined): Aim | undefined {
  if (text === undefined) return undefined;
  const [, digits = "", times] = /^(\d{1,12}(?:\.\d{1,3})?)(x)?$/.exec(text) ?? [];
  const value = Number(digits);
  if (digits === "" || !(value > 0) || (times === undefined && !Number.isInteger(value))) {
    throw new UsageError(
      `--${name} must be a whole number such as 4000000, or a factor such as 2x, got ${JSON.stringify(text.slice(0, 40))}`,
    );
  }
  return times === undefined ? { kind: "value", value } : { kind: "times", times: value };
}

/** One wish for each model and scope of the runtime endpoint in each place. */
export function increaseWishes(
  uses: readonly QuotaUse[],
  { tokens, requests, load, useCase }: IncreaseAims,
): readonly IncreaseWish[] {
  const runtime = uses.filter(({ endpoint }) => endpoint === "runtime");
  const quotas = grouped(runtime, ({ accountId, region, baseModelId, scope }) =>
    [accountId, region, baseModelId, scope].join(),
  );
  return [...quotas.values()].flatMap((group): readonly IncreaseWish[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { accountId, region, baseModelId: modelId, scope } = first;
    const to = (aim: Aim | undefined, unit: QuotaUse["unit"]): number | undefined => {
      const limit = group.find((each) => each.unit === unit)?.limit;
      if (aim?.kind === "value") return aim.value;
      return aim === undefined || limit === undefined || limit === 0 ? undefined : Math.round(limit * aim.times);
    };
    const wanted = { tokensPerMinute: to(tokens, "tokens"), requestsPerMinute: to(requests, "requests") };
    const isWanted = wanted.tokensPerMinute !== undefined || wanted.requestsPerMinute !== undefined;
    return isWanted ? [{ accountId, region, modelId, scope, ...wanted, load, useCase }] : [];
  });
}
