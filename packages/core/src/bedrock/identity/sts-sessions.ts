import {
  AssumeRoleCommand,
  type Credentials,
  GetCallerIdentityCommand,
  STSClient,
  type STSClientConfig,
} from "@aws-sdk/client-sts";
import { ShardrockError } from "../../errors.ts";
import type { SessionSource } from "./assumed-roles.ts";
import { type Caller, checkCaller } from "./caller-check.ts";
import { endpointUrl } from "../config/endpoints.ts";
import { hostIdOf } from "./host-id.ts";
import { isRecord } from "../config/plain-data.ts";
import type { SessionCredentials } from "./role-identity.ts";
import type { SessionRequest } from "./session-request.ts";
import { stsError } from "./sts-error.ts";
import { rejectOnAbort } from "../transport/reject-on-abort.ts";
import type { RequestHandler } from "../transport/target-clients.ts";

/** The host's own credentials: what asks STS for the roles, and nothing else. */
export type HostCredentials = NonNullable<STSClientConfig["credentials"]>;

export interface StsSessionsOptions {
  readonly requestHandler: RequestHandler;
  /** The SDK's usual chain (environment, profile, container, instance) unless told. */
  readonly hostCredentials?: HostCredentials | undefined;
  /** Instead of the Region's own STS; may hold `{region}`. */
  readonly endpoint?: string | undefined;
  /** True: errors hold what STS said, without secrets. False unless told. */
  readonly includeProviderMessage?: boolean | undefined;
}

/** A lost answer or a busy STS is asked again, all within the caller's time for credentials. */
const stsAttempts = 3;

/** Assumes roles through the STS of a Region, never the global one, with the host's own credentials. */
export class StsSessions implements SessionSource {
  readonly hostId: string;
  readonly #requestHandler: RequestHandler;
  readonly #endpoint: string | undefined;
  readonly #includeProviderMessage: boolean;
  readonly #clients = new Map<string, STSClient>();
  #hostCredentials: HostCredentials | undefined;

  constructor({ requestHandler, hostCredentials, endpoint, includeProviderMessage = false }: StsSessionsOptions) {
    this.hostId = hostIdOf(hostCredentials);
    this.#requestHandler = requestHandler;
    this.#endpoint = endpoint;
    this.#includeProviderMessage = includeProviderMessage;
    this.#hostCredentials = hostCredentials;
  }

  /**
   * One new session, which was asked itself whose it is.
   * @throws {ShardrockError} `account-mismatch` when it is not of the account and role that were asked for.
   * @throws a copy of the SDK's error that leads neither to the request nor to its signature.
   */
  async assume(request: SessionRequest, signal: AbortSignal): Promise<SessionCredentials> {
    const client = this.#client(request.region);
    let fresh: SessionCredentials | undefined;
    try {
      const asking = client.send(commandFor(request), { abortSignal: signal });
      const { Credentials: given } = await rejectOnAbort(asking, signal);
      fresh = complete(given, client.config.systemClockOffset);
      checkCaller(request, await this.#callerOf(fresh, request.region, signal));
      return fresh;
    } catch (error) {
      if (signal.aborted || isAboutHost(error)) this.#forget(request.region, client);
      const secrets = [request.externalId, ...this.#hostSecrets(), fresh?.secretAccessKey, fresh?.sessionToken];
      throw stsError(error, {
        accountId: request.accountId,
        includeProviderMessage: this.#includeProviderMessage,
        secrets,
      });
    }
  }

  /** Forgets the host's credentials; the handler is whoever's made it. */
  [Symbol.dispose](): void {
    this.#clients.clear();
    this.#hostCredentials = undefined;
  }

  /**
   * A client of its own, because one client signs with the first credentials it saw; it is left to the garbage collector,
   * because destroying it would close the sockets of all.
   */
  async #callerOf(
    { accessKeyId, secretAccessKey, sessionToken }: SessionCredentials,
    region: string,
    signal: AbortSignal,
  ): Promise<Caller> {
    const client = this.#open(region, { accessKeyId, secretAccessKey, sessionToken });
    return await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
  }

  #client(region: string): STSClient {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const client = this.#open(region, this.#hostCredentials);
    this.#clients.set(region, client);
    return client;
  }

  #open(region: string, credentials: HostCredentials | undefined): STSClient {
    return new STSClient({
      region,
      requestHandler: this.#requestHandler,
      maxAttempts: stsAttempts,
      retryMode: "standard",
      authSchemePreference: ["sigv4"],
      ignoreConfiguredEndpointUrls: true,
      ...(credentials !== undefined && { credentials }),
      ...(this.#endpoint !== undefined && { endpoint: endpointUrl(this.#endpoint, region) }),
    });
  }

  /**
   * The SDK keeps what the host's provider said, and joins a question to it that never ends: after a failure that may
   * lie there the next question starts from nothing.
   */
  #forget(region: string, client: STSClient): void {
    if (this.#clients.get(region) === client) this.#clients.delete(region);
  }

  #hostSecrets(): readonly (string | undefined)[] {
    const host = this.#hostCredentials;
    return typeof host === "object" ? [host.secretAccessKey, host.sessionToken] : [];
  }
}

function commandFor(request: SessionRequest): AssumeRoleCommand {
  const tags = request.tags.map(([Key, Value]) => ({ Key, Value }));
  return new AssumeRoleCommand({
    RoleArn: request.roleArn,
    RoleSessionName: request.sessionName,
    DurationSeconds: request.durationSeconds,
    ...(request.externalId !== undefined && { ExternalId: request.externalId }),
    ...(request.sourceIdentity !== undefined && { SourceIdentity: request.sourceIdentity }),
    ...(request.policy !== undefined && { Policy: request.policy }),
    ...(tags.length > 0 && { Tags: tags }),
  });
}

/** @param clockOffsetMs - AWS's clock minus ours, as the SDK learnt it from the answer. */
function complete(given: Credentials | undefined, clockOffsetMs: number): SessionCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || Expiration === undefined) {
    throw new ShardrockError("credentials-unavailable", "STS answered without complete credentials");
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
    clockOffsetMs,
  };
}

/** Source: AWS STS API Reference, "Common Error Types" (read 2026-11-22); names with and without `Exception` are seen. */
const hostErrors: ReadonlySet<unknown> = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "UnrecognizedClientException",
]);

function isAboutHost(error: unknown): boolean {
  return isRecord(error) && hostErrors.has(error["name"]);
}
