import { counted, grouped } from "./counted.ts";
import type { Decision } from "./decide-wishes.ts";
import type { IncreaseRequest, IncreaseWish, RefusedIncrease } from "./increase-plan.ts";

/**
 * What is asked and why, line by line, in the terms of AWS's form for more Bedrock inference.
 * Source: the form as support cases and assistants for it quote it (read 2026-11-22).
 */
export function increaseLines(decisions: readonly Decision[]): readonly string[] {
  const requests = decisions.flatMap((each) => (each.kind === "request" ? [each] : []));
  const refused = decisions.flatMap((each) => (each.kind === "refused" ? [each.refused] : []));
  return [
    ...requests.flatMap(({ request, wish }) => requestLines(request, { wish, along: alongWith(request, refused) })),
    ...refused.flatMap(refusedLines),
    `${requests.length} to ask, ${refused.length} not. Nothing is sent before send({ confirm: true }).`,
  ];
}

interface Asking {
  readonly wish: IncreaseWish;
  /** Wished for, too, and raised with it. */
  readonly along: readonly RefusedIncrease[];
}

function requestLines(request: IncreaseRequest, { wish, along }: Asking): readonly string[] {
  const { accountId, region, code, name, unit, modelId, from, to } = request;
  const { load, scope, useCase = "" } = wish;
  const onHold = "  Note: it is 0 now, so the account is on hold; Support must lift that, whatever is asked here";
  return [
    `Account No: ${accountId}, Region: ${region}: ask for ${counted(unit, to)}`,
    `  Quota: ${oneLine(name)} (${code}), now ${grouped(from)}, default ${grouped(request.default)}`,
    ...(from === 0 ? [onHold] : []),
    ...(useCase === "" ? [] : [`  Use case description: ${oneLine(useCase)}`]),
    `  Model name: ${modelId}`,
    `  Limit type: OD (on demand), CRIS enabled: ${scope === "on-demand" ? "False" : `True (${scope})`}`,
    `  Steady state TPM: ${grouped(load.steadyTokensPerMinute)}, peak state TPM: ${grouped(load.peakTokensPerMinute)}`,
    `  Steady state RPM: ${grouped(load.steadyRequestsPerMinute)}, peak state RPM: ${grouped(load.peakRequestsPerMinute)}`,
    `  Average input tokens per request: ${grouped(load.averageInputTokens)}`,
    `  Average output tokens per request: ${grouped(load.averageOutputTokens)}`,
    ...along.map(({ unit, to, scope }) => `  Wanted with it, when Support offers it: ${counted(unit, to)} (${scope})`),
  ];
}

function alongWith(
  { accountId, region, code }: IncreaseRequest,
  refused: readonly RefusedIncrease[],
): RefusedIncrease[] {
  return refused.filter((each) => each.comesWith === code && each.accountId === accountId && each.region === region);
}

function refusedLines({
  accountId,
  region,
  unit,
  modelId,
  scope,
  to,
  why,
  instead,
}: RefusedIncrease): readonly string[] {
  return [
    `Account No: ${accountId}, Region: ${region}: not asked: ${counted(unit, to)} of ${modelId} (${scope})`,
    `  Why: ${why}`,
    `  Instead: ${instead}`,
  ];
}

/** Nothing anybody wrote can look like a line of its own. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
