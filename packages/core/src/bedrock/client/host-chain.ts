import { STSClient } from "@aws-sdk/client-sts";
import type { HostCredentials } from "../identity/sts-sessions.ts";

/**
 * The SDK's usual chain (environment, profile, web identity, SSO, container, instance), made deaf to what may not lead it
 * elsewhere: some links ask STS or SSO through clients of their own, which would follow `AWS_ENDPOINT_URL_STS` with a
 * web identity's token or a profile's keys. They get the Region and the handler of the client that asks.
 *
 * A new chain for every question: it remembers nothing, so a question that hangs holds up no later one. The client that
 * asks keeps the answer.
 * Source: `fromWebToken` and `getDefaultRoleAssumer` of the SDK hand on `clientConfig` only (read 2026-11-22).
 */
export const hostChain: Extract<HostCredentials, (properties: never) => unknown> = (properties) => {
  const { credentialDefaultProvider } = new STSClient({ region: "us-east-1" }).config;
  const clientConfig = { ignoreConfiguredEndpointUrls: true, maxAttempts: 3, retryMode: "standard" };
  return credentialDefaultProvider({ clientConfig })(properties);
};
