import type { IncreaseResult, PreparedIncrease } from "@shardrock/quotas";
import type { CommandContext } from "../command-line/command-context.ts";
import { type ExitCode, exitCodes } from "../command-line/exit-code.ts";

/** Asks the person for a line. */
export type AskLine = (question: string, signal: AbortSignal) => Promise<string>;

/** Sends what was prepared, once the line that says so was typed; anything else sends nothing. */
export async function submitIncrease(
  prepared: PreparedIncrease,
  context: CommandContext,
  askLine: AskLine,
): Promise<ExitCode> {
  const count = prepared.requests.length;
  if (count === 0) {
    await context.note("there is nothing to send");
    return exitCodes.ok;
  }
  const sentence = `send ${count} ${count === 1 ? "request" : "requests"}`;
  const typed = await askLine(`Type "${sentence}" to hand ${count === 1 ? "it" : "them"} in at AWS: `, context.signal);
  if (typed.trim() !== sentence) {
    await context.note("nothing was sent");
    return exitCodes.failure;
  }
  const results = await prepared.send({ confirm: true, signal: context.signal });
  await context.print({ json: { results: results.map(jsonOf) }, text: () => results.map(line).join("\n") });
  return results.every(({ kind }) => kind === "taken") ? exitCodes.ok : exitCodes.failure;
}

function jsonOf(result: IncreaseResult): { readonly [name: string]: string | number } {
  const { accountId, region, code, to } = result.request;
  return { accountId, region, code, to, result: result.kind, says: saysOf(result) };
}

function line(result: IncreaseResult): string {
  const { accountId, region, name, code, to } = result.request;
  return `${result.kind}: ${accountId} ${region} ${name} (${code}) to ${to.toLocaleString("en-US")}; ${saysOf(result)}`;
}

function saysOf(result: IncreaseResult): string {
  switch (result.kind) {
    case "taken":
      return `request ${result.requestId ?? "without an id"}, ${result.status ?? "no status"}`;
    case "turned-down":
    case "not-sent":
      return result.reason;
    case "unknown":
      return "AWS may have it: look at the open requests before asking again";
    default:
      return result satisfies never;
  }
}
