import type { AccountConfig } from "../config/account.ts";
import type { AssumedRole, AssumedRoles } from "../identity/assumed-roles.ts";
import type { RoleIdentity } from "../identity/role-identity.ts";
import type { RequestHandler } from "../transport/target-clients.ts";
import type { MonitoringRole, QuotaClientOptions } from "./quota-source.ts";

export interface QuotaReadersOptions {
  readonly roles: AssumedRoles;
  readonly handler: RequestHandler;
  /** What a session that reads quotas may do, as JSON text. */
  readonly policy: string;
}

/** The sessions quotas are read with: each account's role again, allowed to do nothing else. */
export class QuotaReaders {
  readonly #options: QuotaReadersOptions;
  readonly #roles = new WeakMap<AccountConfig, AssumedRole>();
  readonly #monitoring = new Map<string, AssumedRole>();

  constructor(options: QuotaReadersOptions) {
    this.#options = options;
  }

  roleOf(account: AccountConfig): AssumedRole {
    const known = this.#roles.get(account);
    if (known !== undefined) return known;
    const role = { ...account, sessionPolicy: this.#options.policy };
    this.#roles.set(account, role);
    return role;
  }

  /** Roles of accounts that serve no calls. */
  get monitoring(): readonly AssumedRole[] {
    return [...this.#monitoring.values()];
  }

  /** @param account - the account as the config in force has it, asked for at each signature: a reload may change its role. */
  clientOptions(account: () => AccountConfig, region: string): QuotaClientOptions {
    return this.#optionsFor(() => this.roleOf(account()), region);
  }

  monitoringOptions(role: MonitoringRole, region: string): QuotaClientOptions {
    const known = this.#monitoring.get(role.roleArn);
    const shared = { sessionName: "shardrock", tags: {}, durationSeconds: 3_600, regions: [region] };
    const assumed = known ?? { ...shared, ...role, sessionPolicy: this.#options.policy };
    this.#monitoring.set(role.roleArn, assumed);
    return this.#optionsFor(() => assumed, region);
  }

  /** Credentials are asked for at each signature, so a session that was replaced or wiped is never used again. */
  #optionsFor(role: () => AssumedRole, region: string): QuotaClientOptions {
    const { roles, handler } = this.#options;
    const resolve = async (): Promise<RoleIdentity> => roles.session(role()).resolve();
    return { region, credentials: Object.assign(resolve, { memoized: true }), requestHandler: handler };
  }
}
