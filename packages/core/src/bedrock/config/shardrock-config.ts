import type { AccountConfig, AccountInput } from "./account.ts";
import type { WithDefaults } from "./values.ts";
import type { StateInput } from "./state.ts";
import type { AffinityConfig, AffinityInput } from "./affinity.ts";
import type { EndpointsConfig, EndpointsInput } from "./endpoints.ts";
import type { ErrorsConfig, ErrorsInput } from "./errors.ts";
import type { MaxTokensConfig, MaxTokensInput } from "./max-tokens.ts";
import type { ModelConfig, ModelInput } from "./model.ts";
import type { QuotaInput } from "./quotas.ts";
import type { ResourcesConfig, ResourcesInput } from "./resources.ts";
import type { SharedRoleInput } from "./shared-role.ts";
import type { TenantShare } from "../../routing/tenants.ts";
import type { TenantsInput } from "./tenants.ts";
import type { TimeoutsConfig, TimeoutsInput } from "./timeouts.ts";
import type { WaitingConfig, WaitingInput } from "./waiting.ts";

/** Where prompts may be processed. */
export interface ResidencyConfig {
  /**
   * Regions, never the name of a geography (`eu.` profiles reach London and Zurich, `apac.` the Emirates). What may run
   * elsewhere, or nobody knows where, is not used. A `global.` profile grows without notice: list its destinations
   * only if you follow them. `"anywhere"` lifts the rule.
   */
  readonly allowedRegions: readonly string[] | "anywhere";
}

/** What a user writes, in TypeScript, JSON or YAML. */
export interface ShardrockConfig {
  /** For editors; not read. */
  readonly $schema?: string | undefined;
  readonly accounts: readonly AccountInput[];
  /** The role that all accounts have under one name; for those that do not name their own. */
  readonly role?: SharedRoleInput | undefined;
  /** By the name callers use as `modelId`: up to 256 letters, digits or any of `_.:/@+-`. */
  readonly models: Readonly<Record<string, ModelInput>>;
  readonly residency: ResidencyConfig;
  /** Processes that share these quotas without Redis: each takes 1/N of every limit. 1 to 10,000; default 1. */
  readonly instances?: number | undefined;
  /** Ceilings for every model, account and Region that has none of its own. Without it, such a target is refused. */
  readonly fallbackQuota?: QuotaInput | undefined;
  /**
   * Most of a model's traffic that one account takes, as a share of all, above 0 up to 1; default 1: no cap. Larger quotas
   * are used as far as this share of what all accounts' quotas carry, of each unit. A call that fits the quota but not what
   * is left of it goes elsewhere, or is refused as too large.
   */
  readonly maxAccountShare?: number | undefined;
  readonly waiting?: WaitingInput | undefined;
  /** By the name calls give as `tenant`: up to 256 letters, digits or any of `_.:/@+-`. */
  readonly tenants?: TenantsInput | undefined;
  readonly timeouts?: TimeoutsInput | undefined;
  readonly endpoints?: EndpointsInput | undefined;
  /** By the name callers use instead of an id: up to 256 letters, digits or any of `_.:/@+-`. */
  readonly resources?: ResourcesInput | undefined;
  readonly errors?: ErrorsInput | undefined;
  readonly affinity?: AffinityInput | undefined;
  readonly maxTokens?: MaxTokensInput | undefined;
  readonly state?: StateInput | undefined;
  /** Region of the STS calls this process makes; the account's first Region unless told. */
  readonly stsRegion?: string | undefined;
  readonly windows?: WindowsInput | undefined;
}

/** Windows AWS is taken to count in. */
export interface WindowsInput {
  /** Length of the minute window, 100 to 60,000 ms; default 60,000. Only simulators shorten it. */
  readonly minuteMs?: number | undefined;
}

export type WindowsConfig = WithDefaults<WindowsInput, "minuteMs">;

/** A config as checked, defaults filled in. */
export interface Config {
  readonly accounts: readonly AccountConfig[];
  /** Filled in already. */
  readonly role?: SharedRoleInput | undefined;
  readonly models: ReadonlyMap<string, ModelConfig>;
  readonly residency: ResidencyConfig;
  readonly instances: number;
  readonly fallbackQuota?: QuotaInput | undefined;
  readonly maxAccountShare: number;
  readonly waiting: WaitingConfig;
  readonly tenants: ReadonlyMap<string, TenantShare>;
  readonly timeouts: TimeoutsConfig;
  readonly endpoints: EndpointsConfig;
  readonly resources: ResourcesConfig;
  readonly errors: ErrorsConfig;
  readonly affinity: AffinityConfig;
  readonly maxTokens: MaxTokensConfig;
  readonly state?: StateInput | undefined;
  readonly stsRegion?: string | undefined;
  readonly windows: WindowsConfig;
}
