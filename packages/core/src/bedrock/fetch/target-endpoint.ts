import type { Target } from "../../budget/target.ts";
import { endpointUrl, type EndpointsConfig } from "../config/endpoints.ts";

/**
 * Where a target is called: the config's endpoint, or AWS's own.
 * Source: AWS, "Endpoints supported by Amazon Bedrock"; China has a domain of its own (read 2026-11-22).
 */
export function targetEndpoint({ endpoint, region }: Target, endpoints: EndpointsConfig): URL {
  if (endpoint === "mantle") return new URL(`https://bedrock-mantle.${region}.api.aws`);
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return new URL(endpointUrl(endpoints.bedrockRuntime ?? `https://bedrock-runtime.{region}.${domain}`, region));
}
