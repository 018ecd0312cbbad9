import type { Clock } from "../../clock.ts";
import type { QuotaNews } from "../../routing/router-event.ts";
import type { Random } from "../../random.ts";
import type { Config } from "../config/shardrock-config.ts";
import type { Findings, QuotaPlace } from "../fleet/findings.ts";
import type { Fleet } from "../fleet/served-model.ts";
import type { RoleIdentity } from "../identity/role-identity.ts";
import type { RequestHandler } from "../transport/target-clients.ts";

/**
 * Where limits come from that nobody types in, and what else AWS tells of the accounts: `serviceQuotas()` of
 * `@shardrock/quotas`. Never on the path of a call.
 */
export interface QuotaSource {
  /** Session policy that asking AWS needs, as JSON text: its sessions may do nothing else. */
  readonly sessionPolicy: string;
  /** Begins to watch the accounts of a router, for one router each time. */
  watch(host: QuotaHost): QuotaWatch;
}

/** What watches the accounts of one router; disposing ends it, and every question to AWS that is under way. */
export interface QuotaWatch extends Disposable {
  /** Resolves when every place was asked once, or given up for now. Never rejects. */
  readonly ready: Promise<void>;
  /** Other accounts, Regions or models are in force, or accounts were drained or resumed. */
  placesChanged(): void;
}

/** How to reach AWS in one account and Region: options of an SDK client. Its requests are not tried again by the SDK. */
export interface QuotaClientOptions {
  readonly region: string;
  readonly credentials: (() => Promise<RoleIdentity>) & { readonly memoized?: boolean };
  readonly requestHandler: RequestHandler;
}

/** A role in an account that serves no calls, such as the one all accounts share their metrics with. */
export interface MonitoringRole {
  /** 12 digits. */
  readonly id: string;
  readonly roleArn: string;
  /** What the role's trust policy demands as `sts:ExternalId`. Never written to a log or an error. */
  readonly externalId?: string | undefined;
}

/** What a watch sees of its router, and does to it. */
export interface QuotaHost {
  readonly clock: Clock;
  readonly random: Random;
  /** In force now. */
  readonly config: Config;
  readonly fleet: Fleet;
  /** Accounts that take calls, in each of their Regions. */
  readonly places: readonly QuotaPlace[];
  /**
   * @param monitoring - asks by this role in place of the account's own.
   * @throws {ShardrockError} `option-invalid` when the account is not in the config any more, or this router has no AWS to
   * ask, because its transport is not ours.
   */
  clientOptions(place: QuotaPlace, monitoring?: MonitoringRole): QuotaClientOptions;
  /** What calls of this router's book took of a quota, by minute; see `Ledger`. */
  settledByMinute(key: string): ReadonlyMap<number, number>;
  /**
   * What is known from now on. Limits go into force at once, also those of the targets that come and go with it.
   * @throws {ConfigError} `config-invalid` where the config contradicts it; then nothing has changed.
   */
  take(findings: Findings): void;
  /** Others use so much of a quota, in units per window; see `Limits`. */
  setForeignUse(key: string, units: number): void;
  /** For whoever listens to the router's events. */
  tell(news: QuotaNews): void;
  /** For whoever listens, now or later; once for each code. */
  warn(code: string, message: string): void;
}
