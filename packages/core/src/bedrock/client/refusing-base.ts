import type { BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { ShardrockError } from "../../errors.ts";

/**
 * The config of the base class behind the drop-in client. Nothing may be signed or sent by it: an inherited way around
 * the router would use the host's own credentials.
 */
export function refusingBase(region: string): BedrockRuntimeClientConfig {
  return {
    region,
    maxAttempts: 1,
    retryMode: "standard",
    authSchemePreference: ["sigv4"],
    ignoreConfiguredEndpointUrls: true,
    credentials: refuse,
    requestHandler: { handle: refuse, destroy: () => undefined, metadata: { handlerProtocol: "http/1.1" } },
  };
}

async function refuse(): Promise<never> {
  throw new ShardrockError("command-unsupported", "this client sends nothing by itself; call send() or its methods");
}
