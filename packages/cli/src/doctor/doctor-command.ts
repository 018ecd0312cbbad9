import type { Json } from "@shardrock/core";
import type { CommandContext } from "../command-line/command-context.ts";
import type { CommandInput } from "../command-line/command-input.ts";
import { type ExitCode, exitCodes } from "../command-line/exit-code.ts";
import { readConfig } from "../command-line/read-config.ts";
import type { Finding } from "./finding.ts";
import { findingsTable } from "./findings-table.ts";
import { withObserveRoles } from "./observe-roles.ts";
import { runDoctor } from "./run-doctor.ts";

const usualDeadlineMs = 120_000;
const usualPlacesAtOnce = 16;

/** `shardrock doctor`. */
export async function run(input: CommandInput, context: CommandContext): Promise<ExitCode> {
  const loaded = await readConfig(input.demanded("config"), context, { asksAws: true });
  const config = input.flag("observe-role") ? withObserveRoles(loaded) : loaded;
  const deadlineMs = input.durationMs("timeout") ?? usualDeadlineMs;
  const placesAtOnce = input.number("places-at-once", { from: 1, upTo: 256, isWhole: true }) ?? usualPlacesAtOnce;
  const { clock, signal, env } = context;
  const total = config.accounts.reduce((sum, { regions }) => sum + regions.length, 0);
  const findings = await looked(context, total, (onProgress) =>
    runDoctor(config, { clock, signal, env, deadlineMs, placesAtOnce, onProgress }),
  );
  const shown = input.flag("all") ? findings : findings.filter(({ severity }) => severity !== "ok");
  const count = (severity: Finding["severity"]): number => findings.filter((each) => each.severity === severity).length;
  const counts = { errors: count("error"), warnings: count("warning"), infos: count("info"), ok: count("ok") };
  await context.print({
    json: { ...counts, findings: shown.map(jsonOf) },
    text: () => findingsTable(shown, counts, context),
  });
  return counts.errors === 0 ? exitCodes.ok : exitCodes.awsAccess;
}

function jsonOf({ severity, check, accountId, region, message, fix }: Finding): Json {
  return { severity, check, accountId: accountId ?? null, region: region ?? null, message, fix: fix ?? null };
}

async function looked<Result>(
  context: CommandContext,
  total: number,
  look: (onProgress: (done: number) => void) => Promise<Result>,
): Promise<Result> {
  using progress = context.progress({ label: "looking at accounts", total });
  return await look((done) => progress.update(done));
}
