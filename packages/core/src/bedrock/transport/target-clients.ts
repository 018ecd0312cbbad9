import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import type { Target } from "../../budget/target.ts";
import { ShardrockError } from "../../errors.ts";
import { endpointUrl } from "../config/endpoints.ts";
import type { RoleIdentity } from "../identity/role-identity.ts";
import type { RoleSession } from "../identity/role-session.ts";
import { oneAttempt } from "./one-attempt.ts";
import { TargetClient } from "./target-client.ts";
import { carryPassages, watchedHandler } from "./wire-watch.ts";

/** Carries requests of the SDK; the options of one, which the SDK takes too, would make a handler for every client. */
export type RequestHandler = Extract<BedrockRuntimeClientConfig["requestHandler"], { readonly handle: unknown }>;

/** The part of a target that decides which client calls it. */
export type ClientPlace = Pick<Target, "accountId" | "region">;

/** A change to the middleware of every client. */
export type MiddlewareChange = (stack: BedrockRuntimeClient["middlewareStack"]) => void;

export interface TargetClientsOptions {
  /** Shared by all, and destroyed by its owner alone. */
  readonly requestHandler: RequestHandler;
  /** Instead of AWS's own; may hold `{region}`. */
  readonly endpoint?: string | undefined;
}

/**
 * One real SDK client per account and Region, made when first needed. Never one for several accounts: the SDK signs
 * with the first credentials and the first Region it saw.
 */
export class TargetClients {
  readonly #options: TargetClientsOptions;
  readonly #clients = new Map<string, TargetClient>();
  readonly #changes: MiddlewareChange[] = [];

  constructor(options: TargetClientsOptions) {
    this.#options = { ...options, requestHandler: watchedHandler(options.requestHandler) };
  }

  /** @param session - the account's; the client signs with nothing else. */
  client({ accountId, region }: ClientPlace, session: RoleSession): TargetClient {
    const key = `${accountId}/${region}`;
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const sdk = new BedrockRuntimeClient(this.#configFor(region, session));
    carryPassages(sdk.middlewareStack);
    for (const change of this.#changes) change(sdk.middlewareStack);
    const client = new TargetClient(sdk, () => this.#changes.length > 0);
    this.#clients.set(key, client);
    return client;
  }

  /** Changes the middleware of every client, those made later too. */
  change(change: MiddlewareChange): void {
    this.#changes.push(change);
    for (const client of this.#clients.values()) change(client.sdk.middlewareStack);
  }

  #configFor(region: string, session: RoleSession): BedrockRuntimeClientConfig {
    const { requestHandler, endpoint } = this.#options;
    return {
      region,
      requestHandler,
      credentials: readingProvider(session),
      // The router is the only retry layer.
      maxAttempts: 1,
      retryMode: "standard",
      retryStrategy: oneAttempt,
      // Only times of handlers depend on it, and there is one handler.
      defaultsMode: "legacy",
      // Else AWS_BEARER_TOKEN_BEDROCK in the environment would turn every account into the key's one.
      authSchemePreference: ["sigv4"],
      // Used for commands without middleware of their own only: see TargetClient.
      cacheMiddleware: true,
      // Else AWS_ENDPOINT_URL in the environment would send prompts and signatures elsewhere.
      ignoreConfiguredEndpointUrls: true,
      ...(endpoint !== undefined && { endpoint: endpointUrl(endpoint, region) }),
    };
  }
}

/** Reads what the session holds, at every signature; `memoized` keeps the SDK from a copy that would outlive a refresh or a wipe. */
function readingProvider(session: RoleSession): () => Promise<RoleIdentity> {
  const read = async (): Promise<RoleIdentity> => {
    const identity = session.current;
    if (identity === undefined)
      throw new ShardrockError("credentials-unavailable", "the session ended before the call");
    return identity;
  };
  return Object.assign(read, { memoized: true });
}
