import { BedrockClient } from "@aws-sdk/client-bedrock";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { MonitoringRole, QuotaClientOptions, QuotaHost, QuotaPlace } from "@shardrock/core";
import { placeKey } from "./place-key.ts";

export interface PlaceClientsOptions {
  readonly host: Pick<QuotaHost, "config" | "clientOptions">;
  /** Asks for metrics in its own account, in place of that account's role, which may not be in the config. */
  readonly monitoring?: MonitoringRole | undefined;
}

/** The SDK clients of one account and Region, each made when first needed. */
export interface PlaceClients {
  readonly serviceQuotas: ServiceQuotasClient;
  readonly bedrock: BedrockClient;
  readonly cloudWatch: CloudWatchClient;
}

/**
 * One client per place and service: a client signs with the first credentials and the first Region it saw. None is ever
 * destroyed, because that would close the sockets all of them share with the router.
 */
export class ClientsByPlace {
  readonly #options: PlaceClientsOptions;
  readonly #clients = new Map<string, PlaceClients>();

  constructor(options: PlaceClientsOptions) {
    this.#options = options;
  }

  /** Each of them throws `option-invalid` when it is made and the account is not in the config any more. */
  of(place: QuotaPlace): PlaceClients {
    const key = placeKey(place);
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const clients = lazyClients(place, this.#options);
    this.#clients.set(key, clients);
    return clients;
  }
}

function lazyClients(place: QuotaPlace, { host, monitoring }: PlaceClientsOptions): PlaceClients {
  const { endpoints } = host.config;
  const role = monitoring?.id === place.accountId ? monitoring : undefined;
  let serviceQuotas: ServiceQuotasClient | undefined;
  let bedrock: BedrockClient | undefined;
  let cloudWatch: CloudWatchClient | undefined;
  return {
    get serviceQuotas(): ServiceQuotasClient {
      serviceQuotas ??= new ServiceQuotasClient(hardened(host.clientOptions(place), endpoints.serviceQuotas));
      return serviceQuotas;
    },
    get bedrock(): BedrockClient {
      bedrock ??= new BedrockClient(hardened(host.clientOptions(place), endpoints.bedrock));
      return bedrock;
    },
    get cloudWatch(): CloudWatchClient {
      cloudWatch ??= new CloudWatchClient(hardened(host.clientOptions(place, role), endpoints.cloudWatch));
      return cloudWatch;
    },
  };
}

/** What every client here is made with, whatever the process's environment says. */
interface HardenedOptions extends QuotaClientOptions {
  readonly maxAttempts: number;
  readonly retryMode: "standard";
  readonly defaultsMode: "legacy";
  readonly authSchemePreference: string[];
  readonly ignoreConfiguredEndpointUrls: boolean;
  readonly endpoint?: string;
}

function hardened(place: QuotaClientOptions, endpoint: string | undefined): HardenedOptions {
  return {
    ...place,
    // Whoever asks knows when to ask again.
    maxAttempts: 1,
    retryMode: "standard",
    // Only times of handlers depend on it, and there is one handler.
    defaultsMode: "legacy",
    // Else AWS_BEARER_TOKEN_BEDROCK in the environment would turn every account into the key's one.
    authSchemePreference: ["sigv4"],
    // Else AWS_ENDPOINT_URL in the environment would send signatures elsewhere.
    ignoreConfiguredEndpointUrls: true,
    ...(endpoint !== undefined && { endpoint: endpoint.replaceAll("{region}", place.region) }),
  };
}
