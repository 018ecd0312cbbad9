import { z } from "zod";
import { options } from "./values.ts";

/** Other endpoints than AWS's own: for a VPC endpoint, a test or the simulator. `{region}` stands for the Region called. */
export interface EndpointsInput {
  readonly bedrockRuntime?: string | undefined;
  readonly sts?: string | undefined;
}

export type EndpointsConfig = EndpointsInput;

const endpointRule = "must be an https URL with a host name; http and IP addresses are for loopback only";

const endpointSchema: z.ZodType<string, string> = z
  .string(endpointRule)
  .max(2048, endpointRule)
  .refine(isSafeEndpoint, endpointRule);

export const endpointsSchema: z.ZodType<EndpointsConfig, EndpointsInput> = options({
  bedrockRuntime: endpointSchema.optional().describe("Instead of bedrock-runtime.{region}.amazonaws.com."),
  sts: endpointSchema.optional().describe("Instead of sts.{region}.amazonaws.com."),
});

/** The URL to call in a Region. */
export function endpointUrl(endpoint: string, region: string): string {
  return endpoint.replaceAll("{region}", region);
}

/** Prompts and signatures go there: no plain text over a network, no instance metadata, no credentials in a URL. */
function isSafeEndpoint(endpoint: string): boolean {
  const url = parseUrl(endpointUrl(endpoint, "us-east-1"));
  if (url === undefined || url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    return false;
  if (isLoopback(url.hostname)) return url.protocol === "https:" || url.protocol === "http:";
  return url.protocol === "https:" && /^(?=.*[a-z])[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/.test(url.hostname);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) && !/[{}]/.test(text) ? new URL(text) : undefined;
}
