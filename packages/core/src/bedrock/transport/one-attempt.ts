import type { BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";

/**
 * The SDK's retry layer told to try once: the router is the only one. One for all clients; the SDK would make each its own,
 * with a token bucket nobody draws from.
 */
export const oneAttempt: Extract<
  BedrockRuntimeClientConfig["retryStrategy"],
  { readonly acquireInitialRetryToken: unknown }
> = {
  acquireInitialRetryToken: async () => noRetries,
  refreshRetryTokenForRetry: async () => {
    throw new Error("one attempt is all there is"); // the SDK then throws what the attempt threw
  },
  recordSuccess: () => undefined,
};

const noRetries = { getRetryCount: () => 0, getRetryDelay: () => 0 };
