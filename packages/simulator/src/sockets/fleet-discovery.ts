import type { Clock, QuotaPlace } from "@shardrock/core";
import { SimulatedMetrics, type SimulatedMetricsOptions } from "../metrics/simulated-metrics.ts";
import { destinationsFrom, type Geography } from "../profiles/destinations.ts";
import {
  applicationProfileArn,
  type SimulatedApplicationProfile,
  SimulatedInferenceProfiles,
} from "../profiles/simulated-inference-profiles.ts";
import { profilesOf, systemProfiles } from "../profiles/system-profiles.ts";
import { SimulatedServiceQuotas } from "../quotas/simulated-service-quotas.ts";
import type { SimulatedBedrock, SimulatedQuota } from "../simulated-bedrock.ts";
import type { SimulatedLimits } from "../simulated-limits.ts";
import {
  type DiscoverableModel,
  type DiscoverableModelId,
  discoverableModels,
  type ProfileScope,
} from "./discoverable-model.ts";
import { maxOutputTokens } from "./fleet-config.ts";
import type { SimulatedAccount } from "./simulated-fleet.ts";

/** What a client finds out by itself. */
export interface SimulatedDiscovery {
  /** What `chat` is. Default: `anthropic.claude-sonnet-4-6`. */
  readonly model?: DiscoverableModelId;
  /** Which of its profiles there are. Default: the geography's only. */
  readonly scopes?: readonly ProfileScope[];
  /** Copies of one of its profiles, which share that profile's quota. */
  readonly applicationProfiles?: readonly SimulatedApplicationProfile[];
  /** How CloudWatch shows what was counted. Default: 5 to 15 minutes late. */
  readonly metrics?: Omit<SimulatedMetricsOptions, "epochOffsetMs">;
  /** An account with which all others share their metrics. Default: none. */
  readonly monitoringAccountId?: string;
}

/** What a client asks. */
export interface DiscoveryServices {
  readonly serviceQuotas: SimulatedServiceQuotas;
  readonly metrics: SimulatedMetrics;
  readonly profiles: SimulatedInferenceProfiles;
}

const geographies: readonly Geography[] = ["us", "eu", "au", "jp"];
const scopesByDefault: readonly ProfileScope[] = ["geo"];

/**
 * Profiles, quotas and metrics of a fleet's accounts, all of one mind with what is enforced. A Region where calls may run
 * or come from, and for which an account has no limit, is on hold there: its limit is 0.
 */
export class FleetDiscovery {
  readonly modelId: DiscoverableModelId;
  readonly burndown: number;
  /** Where calls of the fleet may come from or run, those of the accounts first. */
  readonly regions: readonly string[];
  /** What tells of them. */
  readonly services: DiscoveryServices;
  readonly quotas: readonly SimulatedQuota[];
  readonly #codes: DiscoverableModel["codes"];
  readonly #scopes: readonly ProfileScope[];
  readonly #application: readonly SimulatedApplicationProfile[];

  constructor(accounts: readonly SimulatedAccount[], options: SimulatedDiscovery, clock: Pick<Clock, "epochMs" | "monotonicMs">) {
    const { model = "anthropic.claude-sonnet-4-6", scopes = scopesByDefault, applicationProfiles = [] } = options;
    const { name, burndown, codes } = discoverableModels[model];
    this.modelId = model;
    this.burndown = burndown;
    this.#codes = codes;
    this.#scopes = scopes;
    this.#application = applicationProfiles;
    const own = accounts.flatMap(({ tokensPerMinute }) => Object.keys(tokensPerMinute));
    const reached = own.flatMap((region) => destinationsFrom(geographyOf(region) ?? "global", region) ?? []);
    this.regions = [...new Set([...own, ...reached.filter((region) => region !== "")])];
    const served = scopes.flatMap((scope) => (scope === "global" ? ["global" as const] : geographies));
    this.services = {
      serviceQuotas: new SimulatedServiceQuotas(),
      metrics: new SimulatedMetrics({ ...options.metrics, epochOffsetMs: clock.epochMs() - clock.monotonicMs() }),
      profiles: new SimulatedInferenceProfiles({
        system: [...systemProfiles.filter(({ modelId }) => modelId !== model), ...profilesOf(model, name, served)],
        application: applicationProfiles,
      }),
    };
    this.quotas = accounts.flatMap((account) => this.#places(account).map((place) => this.#quotaOf(account, place)));
  }

  /** From now on what AWS applies is what is enforced. */
  bind(bedrock: SimulatedBedrock, clock: Pick<Clock, "monotonicMs">): void {
    this.services.serviceQuotas.onApply((place, code, value) => {
      for (const scope of this.#scopes) {
        const { tokens, requests } = this.#codes[scope];
        const limits = code === tokens ? { tokensPerMinute: value } : { requestsPerMinute: value };
        const modelId = this.profileId(place.region, scope);
        const isItsOwn = modelId !== undefined && (code === tokens || code === requests);
        if (isItsOwn) bedrock.changeQuota({ ...place, modelId }, limits, clock.monotonicMs());
      }
    });
  }

  /** What calls that come to a Region name; undefined: no such profile is there. */
  profileId(region: string, scope: ProfileScope): string | undefined {
    const geography = scope === "global" ? "global" : geographyOf(region);
    return geography && `${geography}.${this.modelId}`;
  }

  /** AWS changes what an account may do: it is enforced, and Service Quotas shows it. */
  apply(place: QuotaPlace, { tokensPerMinute, requestsPerMinute }: SimulatedLimits, scope: ProfileScope): void {
    const { tokens, requests } = this.#codes[scope];
    if (tokensPerMinute !== undefined) this.services.serviceQuotas.apply(place, tokens, tokensPerMinute);
    if (requestsPerMinute !== undefined && requests !== undefined) {
      this.services.serviceQuotas.apply(place, requests, requestsPerMinute);
    }
  }

  #places({ id }: SimulatedAccount): readonly (QuotaPlace & { readonly scope: ProfileScope; readonly profileId: string })[] {
    return this.regions.flatMap((region) =>
      this.#scopes.flatMap((scope) => {
        const profileId = this.profileId(region, scope);
        return profileId === undefined ? [] : [{ accountId: id, region, scope, profileId }];
      }),
    );
  }

  /** What is AWS's default was never applied, so a client finds it unconfirmed. */
  #quotaOf(
    account: SimulatedAccount,
    { scope, profileId, ...place }: QuotaPlace & { readonly scope: ProfileScope; readonly profileId: string },
  ): SimulatedQuota {
    const { tokens, requests } = this.#codes[scope];
    const standard = (code: string): number | undefined => this.services.serviceQuotas.defaultOf(place, code)?.value;
    const tokensPerMinute = account.tokensPerMinute[place.region] ?? 0;
    if (tokensPerMinute !== standard(tokens)) this.services.serviceQuotas.apply(place, tokens, tokensPerMinute);
    const standardRequests = requests === undefined ? undefined : standard(requests);
    const requestsPerMinute = account.requestsPerMinute?.[place.region] ?? standardRequests;
    if (requests !== undefined && requestsPerMinute !== undefined && requestsPerMinute !== standardRequests) {
      this.services.serviceQuotas.apply(place, requests, requestsPerMinute);
    }
    const isCopy = (each: SimulatedApplicationProfile): boolean =>
      each.copyOf === profileId && each.accountId === place.accountId && each.region === place.region;
    return {
      ...place,
      modelIds: [profileId, ...this.#application.filter(isCopy).map(applicationProfileArn)],
      tokensPerMinute,
      ...(requestsPerMinute !== undefined && { requestsPerMinute }),
      burndown: this.burndown,
      maxOutputTokens,
    };
  }
}

/** Whose profiles calls of a Region name; undefined: none but the global ones. */
function geographyOf(region: string): Geography | undefined {
  return geographies.find((geography) => destinationsFrom(geography, region) !== undefined);
}
