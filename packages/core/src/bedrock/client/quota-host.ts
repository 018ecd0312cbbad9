import type { CappedLimits } from "../../budget/capped-limits.ts";
import type { Ledger } from "../../budget/ledger.ts";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { Router } from "../../routing/router.ts";
import type { Config } from "../config/shardrock-config.ts";
import type { QuotaPlace } from "../fleet/findings.ts";
import type { Fleet } from "../fleet/served-model.ts";
import type { LiveRouter } from "./live-router.ts";
import type { QuotaHost } from "./quota-source.ts";

export interface QuotaHostOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly router: Router;
  readonly ledger: Pick<Ledger, "settledByMinute">;
  readonly limits: CappedLimits;
  readonly live: LiveRouter;
  readonly clientOptions: QuotaHost["clientOptions"];
  /** Checks another fleet, and says how to go by it. */
  readonly prepare?: (fleet: Fleet) => () => void;
}

/** A router as what watches its accounts sees it. */
export function quotaHost({ clock, random, ...options }: QuotaHostOptions): QuotaHost {
  const { router, ledger, limits, live, clientOptions, prepare } = options;
  return {
    clock,
    random,
    get config(): Config {
      return live.config;
    },
    get fleet(): Fleet {
      return live.fleet;
    },
    get places(): readonly QuotaPlace[] {
      const regionsOf = (accountId: string): readonly string[] => live.fleet.accounts.get(accountId)?.regions ?? [];
      return live.inUse.flatMap((accountId) => regionsOf(accountId).map((region) => ({ accountId, region })));
    },
    clientOptions,
    settledByMinute: (key) => ledger.settledByMinute(key),
    take: (findings) => live.take(findings, prepare),
    setForeignUse: (key, units) => limits.setForeignUse(key, units),
    tell: (news) => router.tellOfQuota(news),
    warn: (code, message) => router.warn(code, message),
  };
}
