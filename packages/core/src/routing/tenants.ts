import { ShardrockError } from "../errors.ts";

/** What a tenant gets where others wait too. */
export interface TenantShare {
  /** Tokens it gets for each token of a tenant of weight 1 while both wait; above 0, 1 unless told. */
  readonly weight?: number | undefined;
  /** Share of what its pool serves, 0 to 1, that it gets before others do; what it leaves is theirs. 0 unless told. */
  readonly guaranteed?: number | undefined;
}

/** Who a call is for that names nobody. */
export const defaultTenant = "default";

/** What each tenant is promised; one that is not named weighs 1. */
export class Tenants {
  #shares: ReadonlyMap<string, TenantShare>;
  #hasGuarantees: boolean;

  /** @throws {ShardrockError} `option-invalid`. */
  constructor(shares: Readonly<Record<string, TenantShare>> = {}) {
    this.#shares = new Map(Object.entries(shares));
    for (const [tenant, share] of this.#shares) check(tenant, share);
    const guarantees = [...this.#shares.values()].map(({ guaranteed = 0 }) => guaranteed);
    const sum = guarantees.reduce((total, guaranteed) => total + guaranteed, 0);
    this.#hasGuarantees = sum > 0;
    if (sum > 1 + 1e-9) throw invalid(`tenants must be guaranteed at most 1 together, got ${sum}`);
  }

  /** Whether anybody is guaranteed anything. */
  get hasGuarantees(): boolean {
    return this.#hasGuarantees;
  }

  /** Takes over what others promise. Nobody may be waiting by the old shares. */
  change(others: Tenants): void {
    this.#shares = others.#shares;
    this.#hasGuarantees = others.#hasGuarantees;
  }

  weightOf(tenant: string): number {
    return this.#shares.get(tenant)?.weight ?? 1;
  }

  /** 0 to 1. */
  guaranteeOf(tenant: string): number {
    return this.#shares.get(tenant)?.guaranteed ?? 0;
  }
}

function check(tenant: string, { weight = 1, guaranteed = 0 }: TenantShare): void {
  if (!(weight > 0 && weight < Number.POSITIVE_INFINITY)) {
    throw invalid(`tenants.${tenant}.weight must be a finite number above 0, got ${weight}`);
  }
  if (!(guaranteed >= 0 && guaranteed <= 1)) {
    throw invalid(`tenants.${tenant}.guaranteed must be a number from 0 to 1, got ${guaranteed}`);
  }
}

function invalid(rule: string): ShardrockError {
  return new ShardrockError("option-invalid", rule);
}
