import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import type { Config, HostCredentials, QuotaHost } from "@shardrock/core";
import type { Finding } from "./finding.ts";
import type { WatchedDates } from "./watched-dates.ts";

export interface HostAsking {
  readonly config: Config;
  /** The SDK's usual chain unless told. */
  readonly hostCredentials: HostCredentials | undefined;
  readonly requestHandler: ReturnType<QuotaHost["clientOptions"]>["requestHandler"];
  readonly dates: WatchedDates;
  readonly signal: AbortSignal;
}

/** Who asks STS for the roles. */
export interface HostIdentity {
  /** Undefined: nobody, as far as AWS tells. */
  readonly arn: string | undefined;
  readonly findings: readonly Finding[];
}

/** Asks whose credentials this machine has. */
export async function hostIdentity({
  config,
  hostCredentials,
  requestHandler,
  dates,
  signal,
}: HostAsking): Promise<HostIdentity> {
  const region = config.stsRegion ?? config.accounts[0]?.regions[0] ?? "us-east-1";
  const options: STSClientConfig = {
    region,
    requestHandler: dates.watch(requestHandler),
    maxAttempts: 3,
    retryMode: "standard",
    authSchemePreference: ["sigv4"],
    ignoreConfiguredEndpointUrls: true,
    ...(hostCredentials !== undefined && { credentials: hostCredentials }),
    ...(config.endpoints.sts !== undefined && { endpoint: config.endpoints.sts.replaceAll("{region}", region) }),
  };
  try {
    const { Arn: arn } = await new STSClient(options).send(new GetCallerIdentityCommand({}), { abortSignal: signal });
    return { arn, findings: [{ severity: "ok", check: "host", message: `this machine asks as ${arn ?? "nobody"}` }] };
  } catch (error) {
    signal.throwIfAborted();
    return { arn: undefined, findings: [noHost(error)] };
  }
}

function noHost(error: unknown): Finding {
  const name = error instanceof Error ? error.name : "unknown error";
  if (name === "CredentialsProviderError") {
    const fix = "give this process a role, or a profile (AWS_PROFILE), as for any client of the AWS SDK";
    return { severity: "error", check: "host", message: "this machine has no AWS credentials of its own", fix };
  }
  const message = `STS does not say whose credentials this machine has: ${name}`;
  const fix = "renew the credentials, and let this machine reach STS";
  return { severity: "error", check: "host", message, fix };
}
