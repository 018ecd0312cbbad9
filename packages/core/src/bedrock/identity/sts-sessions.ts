import { AssumeRoleCommand, type Credentials, STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import type { AssumedRole } from "./assumed-roles.ts";
import { endpointUrl } from "../config/endpoints.ts";
import type { SessionCredentials } from "./role-identity.ts";
import { safeStsError } from "../transport/safe-error.ts";
import type { RequestHandler } from "../transport/target-clients.ts";

/** The host's own credentials: what asks STS for the roles, and nothing else. */
export type HostCredentials = NonNullable<STSClientConfig["credentials"]>;

export interface StsSessionsOptions {
  readonly requestHandler: RequestHandler;
  /** The SDK's usual chain (environment, profile, container, instance) unless told. */
  readonly hostCredentials?: HostCredentials | undefined;
  /** Instead of the Region's own STS; may hold `{region}`. */
  readonly endpoint?: string | undefined;
  /** Region whose STS is asked; the role's first Region unless told. */
  readonly region?: string | undefined;
}

/** A lost answer or a busy STS is asked again, all within the caller's time for credentials. */
const stsAttempts = 3;

/** Assumes roles through the STS of a Region, never the global one, with the host's own credentials. */
export class StsSessions {
  readonly #options: StsSessionsOptions;
  readonly #clients = new Map<string, STSClient>();

  constructor(options: StsSessionsOptions) {
    this.#options = options;
  }

  /**
   * One new session.
   * @throws a copy of the SDK's error that leads neither to the request nor to its signature.
   */
  async assume(role: AssumedRole, signal: AbortSignal): Promise<SessionCredentials> {
    const client = this.#client(this.#options.region ?? role.regions[0] ?? "us-east-1");
    try {
      const { Credentials: given } = await client.send(commandFor(role), { abortSignal: signal });
      return complete(given);
    } catch (error) {
      throw safeStsError(error, role.id);
    }
  }

  #client(region: string): STSClient {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const { requestHandler, hostCredentials, endpoint } = this.#options;
    const client = new STSClient({
      region,
      requestHandler,
      maxAttempts: stsAttempts,
      retryMode: "standard",
      authSchemePreference: ["sigv4"],
      ignoreConfiguredEndpointUrls: true,
      ...(hostCredentials !== undefined && { credentials: hostCredentials }),
      ...(endpoint !== undefined && { endpoint: endpointUrl(endpoint, region) }),
    });
    this.#clients.set(region, client);
    return client;
  }
}

function commandFor(role: AssumedRole): AssumeRoleCommand {
  const tags = Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value }));
  return new AssumeRoleCommand({
    RoleArn: role.roleArn,
    RoleSessionName: role.sessionName,
    DurationSeconds: role.durationSeconds,
    ...(role.externalId !== undefined && { ExternalId: role.externalId }),
    ...(role.sourceIdentity !== undefined && { SourceIdentity: role.sourceIdentity }),
    ...(tags.length > 0 && { Tags: tags }),
  });
}

function complete(given: Credentials | undefined): SessionCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || Expiration === undefined) {
    throw new Error("STS answered without complete credentials");
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}
