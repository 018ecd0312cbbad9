import type { CommandContext } from "../command-line/command-context.ts";
import { accounts, oneAccountTpm, summedTpm, windowMs } from "./demo-scenario.ts";
import type { Side } from "./demo-side.ts";
import type { Tally } from "./demo-tally.ts";

/** One side as it stands. */
export interface Standing {
  readonly side: Side;
  readonly tally: Tally;
}

type Paint = CommandContext["colors"];

const width = 24;

/** A bar of a share, 0 to 1. */
export function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * width);
  return "█".repeat(full) + "░".repeat(width - full);
}

/** The lines that change while calls run. */
export function liveLines(standings: readonly Standing[], elapsedMs: number, paint: Paint): string[] {
  return standings.map(({ side, tally }) => {
    const throttled = throttlesOf(side);
    const numbers = `${String(tally.served).padStart(5)} served ${String(throttled).padStart(5)} × 429 ${String(tally.failed).padStart(5)} given up ${String(tally.open).padStart(4)} open`;
    return `${side.title.padEnd(25)} ${paint.cyan(bar(tally.tokens / capacityAfter(elapsedMs)))} ${numbers}`;
  });
}

/** Everything at the end. */
export function summary(standings: readonly Standing[], elapsedMs: number, paint: Paint): string {
  const rows: [string, (standing: Standing) => string][] = [
    ["calls served", ({ tally }) => `${tally.served} of ${tally.sent} (${share(tally.served, tally.sent)})`],
    ["given up", ({ tally }) => String(tally.failed)],
    ["answers 429 from AWS", ({ side }) => String(throttlesOf(side))],
    ["tokens per minute", ({ tally }) => thousands(tally.tokens / (elapsedMs / windowMs))],
    ["  of the sum of quotas", ({ tally }) => share(tally.tokens, capacityAfter(elapsedMs))],
    ["waiting, p50 / p99", ({ tally }) => `${seconds(tally.waitMs(0.5))} / ${seconds(tally.waitMs(0.99))}`],
  ];
  const header = `${"".padEnd(24)}${standings.map(({ side }) => side.title.padStart(27)).join("")}`;
  const lines = rows.map(
    ([title, cell]) => `${title.padEnd(24)}${standings.map((one) => cell(one).padStart(27)).join("")}`,
  );
  return [paint.bold(header), ...lines].join("\n");
}

/** How the load lay on accounts and Regions, each against its own quota. */
export function spread({ side }: Standing, elapsedMs: number, paint: Paint): string {
  const stats = new Map(side.targets().map((target) => [`${target.accountId}/${target.region}`, target]));
  const lines = accounts.flatMap(({ id, tokensPerMinute }) =>
    Object.entries(tokensPerMinute).map(([region, tpm]) => {
      const used = (stats.get(`${id}/${region}`)?.settledTokens ?? 0) / (elapsedMs / windowMs) / tpm;
      return `  ${id} ${region}  ${thousands(tpm).padStart(7)} TPM  ${paint.cyan(bar(used))} ${share(used, 1).padStart(6)}`;
    }),
  );
  return [paint.bold(`Where the load of "${side.title}" ran, as a share of each quota`), ...lines].join("\n");
}

export function introduction(paint: Paint): string {
  return [
    paint.bold("Shardrock: many AWS accounts as one Amazon Bedrock"),
    `Four simulated accounts in two Regions over loopback sockets, the real AWS SDK, no AWS. ${thousands(summedTpm)} TPM in all;`,
    `three times what the first account carries (${thousands(oneAccountTpm)} TPM) comes in. Shortened: a "minute" is ${windowMs / 1_000} s here,`,
    `and the model is ${60_000 / windowMs} times as fast; the SDK's back-off between retries is its own, unshortened.`,
  ].join("\n");
}

/** The summary's numbers of one side. */
export function figures({ side, tally }: Standing, elapsedMs: number): object {
  return {
    title: side.title,
    sent: tally.sent,
    served: tally.served,
    givenUp: tally.failed,
    throttled: throttlesOf(side),
    tokensPerMinute: Math.round(tally.tokens / (elapsedMs / windowMs)),
    shareOfQuotas: tally.tokens / capacityAfter(elapsedMs),
    waitMs: { p50: Math.round(tally.waitMs(0.5)), p99: Math.round(tally.waitMs(0.99)) },
  };
}

function capacityAfter(elapsedMs: number): number {
  return (summedTpm * elapsedMs) / windowMs;
}

function throttlesOf(side: Side): number {
  return side.targets().reduce((sum, { throttled }) => sum + throttled, 0);
}

function share(part: number, whole: number): string {
  return `${whole === 0 ? 0 : ((part / whole) * 100).toFixed(1)} %`;
}

function thousands(value: number): string {
  return `${Math.round(value / 1_000)}k`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
