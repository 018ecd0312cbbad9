import { STSClient } from "@aws-sdk/client-sts";
import type { HostCredentials } from "../identity/sts-sessions.ts";

/**
 * The SDK's usual chain (environment, profile, web identity, SSO, container, instance), made deaf to what may not lead it
 * elsewhere: some links ask STS or SSO through clients of their own, which would follow `AWS_ENDPOINT_URL_STS` with a
 * web identity's token or a profile's keys. They get the Region and the handler of the client that asks.
 * Source: `fromWebToken` and `getDefaultRoleAssumer` of the SDK hand on `clientConfig` only (read 2026-11-22).
 */
export function hostChain(): HostCredentials {
  const { credentialDefaultProvider } = new STSClient({ region: "us-east-1" }).config;
  return credentialDefaultProvider({
    clientConfig: { ignoreConfiguredEndpointUrls: true, maxAttempts: 3, retryMode: "standard" },
  });
}
