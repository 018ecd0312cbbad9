import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import type { Target } from "../../budget/target.ts";
import { ShardrockError } from "../../errors.ts";
import { endpointUrl } from "../config/endpoints.ts";
import type { RoleIdentity } from "../identity/role-identity.ts";
import type { RoleSession } from "../identity/role-session.ts";
import { oneAttempt } from "./one-attempt.ts";
import { type MiddlewareChange, TargetClient } from "./target-client.ts";
import { carryPassages, watchedHandler } from "./wire-watch.ts";

/** Carries requests of the SDK; the options of one, which the SDK takes too, would make a handler for every client. */
export type RequestHandler = Extract<BedrockRuntimeClientConfig["requestHandler"], { readonly handle: unknown }>;

/** The part of a target that decides, with the session, which client calls it. */
export type ClientPlace = Pick<Target, "region">;

export interface TargetClientsOptions {
  /** Shared by all, and destroyed by its owner alone. */
  readonly requestHandler: RequestHandler;
  /** Instead of AWS's own; may hold `{region}`. */
  readonly endpoint?: string | undefined;
}

/**
 * One real SDK client per session and Region, made when first needed. Never one for several accounts: the SDK signs
 * with the first credentials and the first Region it saw. A session that nobody holds any more takes its clients along.
 */
export class TargetClients {
  readonly #options: TargetClientsOptions;
  readonly #clients = new WeakMap<RoleSession, Map<string, TargetClient>>();
  readonly #changes: MiddlewareChange[] = [];

  constructor(options: TargetClientsOptions) {
    this.#options = { ...options, requestHandler: watchedHandler(options.requestHandler) };
  }

  /** @param session - the account's; the client signs with nothing else. */
  client({ region }: ClientPlace, session: RoleSession): TargetClient {
    const ofSession = this.#clients.get(session) ?? this.#open(session);
    const client = ofSession.get(region) ?? this.#make(region, session);
    ofSession.set(region, client);
    client.change(this.#changes);
    return client;
  }

  /** Changes the middleware of every client, before its next call. */
  change(change: MiddlewareChange): void {
    this.#changes.push(change);
  }

  #open(session: RoleSession): Map<string, TargetClient> {
    const made = new Map<string, TargetClient>();
    this.#clients.set(session, made);
    return made;
  }

  #make(region: string, session: RoleSession): TargetClient {
    const sdk = new BedrockRuntimeClient(this.#configFor(region, session));
    carryPassages(sdk.middlewareStack);
    return new TargetClient(sdk);
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
