import type { Ledger } from "../../budget/ledger.ts";
import type { Limits } from "../../budget/limits.ts";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { HealthBond } from "../../routing/health-bond.ts";
import type { LedgerNews } from "../../routing/router-event.ts";

/** Where the book lies that several processes share: `redisLedger()` of `@shardrock/redis`. Opened anew for each router. */
export interface LedgerSource {
  open(host: LedgerHost): OpenedLedger;
}

/** What a shared book sees of its router. */
export interface LedgerHost {
  readonly clock: Clock;
  readonly random: Random;
  /** In force in this process. */
  readonly limits: Limits;
  /** For whoever listens to the router's events. */
  tell(news: LedgerNews): void;
  /** For whoever listens, now or later; once for each code. */
  warn(code: string, message: string): void;
}

/** A book that was opened; disposing it ends what it does by itself, after what is under way is written, however it ends. */
export interface OpenedLedger extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly bond: HealthBond;
}
