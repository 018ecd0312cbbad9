import { type MonitoringRole, ShardrockError } from "@shardrock/core";

/** How others' use of the accounts is found, and how it is believed. All have a default. */
export interface DriftOptions {
  /**
   * Who is asked what AWS counted: each account by its own role (default), or one account that all of them share their
   * metrics with, by a role there. Sharing is per Region, so that account is asked in every Region that is in use.
   * Source: AWS, "CloudWatch cross-account observability" (read 2026-11-22).
   */
  readonly via?: "accounts" | MonitoringRole | undefined;
  /** Others' use is told of from this share of a limit on, above 0 up to 1; default 0.1. Below half of it they have gone. */
  readonly tellFrom?: number | undefined;
  /** How quickly less use is believed: half of the difference in so many ms, above 0; default 45,000. More is at once. */
  readonly fallHalfLifeMs?: number | undefined;
  /** The same where AWS tells nothing that can be believed; default 1,800,000. */
  readonly silentHalfLifeMs?: number | undefined;
  /** A difference of less than this share of a limit is noise, 0 up to 0.5; default 0.02. */
  readonly deadBand?: number | undefined;
}

/** The same, checked, with the defaults filled in. */
export interface DriftRules {
  /** Undefined: each account is asked by its own role. */
  readonly monitoring: MonitoringRole | undefined;
  readonly tellFrom: number;
  readonly fallHalfLifeMs: number;
  readonly silentHalfLifeMs: number;
  readonly deadBand: number;
}

/** @throws {ShardrockError} `option-invalid` naming the option, its rule and the value. */
export function driftRules(options: DriftOptions): DriftRules {
  const { via = "accounts", tellFrom = 0.1, deadBand = 0.02 } = options;
  const { fallHalfLifeMs = 45_000, silentHalfLifeMs = 1_800_000 } = options;
  demand(tellFrom > 0 && tellFrom <= 1, `tellFrom must be above 0 and at most 1, got ${tellFrom}`);
  demand(deadBand >= 0 && deadBand <= 0.5, `deadBand must be from 0 to 0.5, got ${deadBand}`);
  for (const [name, ms] of Object.entries({ fallHalfLifeMs, silentHalfLifeMs })) {
    demand(ms > 0 && Number.isFinite(ms), `${name} must be a finite number above 0, got ${ms}`);
  }
  const monitoring = via === "accounts" ? undefined : via;
  if (monitoring !== undefined) demandRole(monitoring);
  return { monitoring, tellFrom, fallHalfLifeMs, silentHalfLifeMs, deadBand };
}

function demandRole({ id, roleArn }: MonitoringRole): void {
  demand(/^\d{12}$/.test(id), `via.id must be an account's 12 digits, got ${JSON.stringify(id)}`);
  const isThere = /^arn:[a-z-]+:iam::\d{12}:role\/.+$/.test(roleArn) && roleArn.includes(`::${id}:`);
  demand(isThere, `via.roleArn must be the ARN of a role in account ${id}, got ${JSON.stringify(roleArn)}`);
}

function demand(isMet: boolean, rule: string): void {
  if (!isMet) throw new ShardrockError("option-invalid", `drift.${rule}`);
}
