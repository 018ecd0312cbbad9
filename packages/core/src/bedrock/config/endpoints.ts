import { z } from "zod";
import { options } from "./values.ts";

/** Other endpoints than AWS's own: for a VPC endpoint, a test or the simulator. `{region}` stands for the Region called. */
export interface EndpointsInput {
  readonly bedrockRuntime?: string | undefined;
  /** Default `https://bedrock-mantle.{region}.api.aws`. */
  readonly bedrockMantle?: string | undefined;
  readonly sts?: string | undefined;
  /** Where quotas are read, by `@shardrock/quotas`; so are the next two. */
  readonly serviceQuotas?: string | undefined;
  readonly cloudWatch?: string | undefined;
  /** Bedrock's control plane: which inference profiles there are. */
  readonly bedrock?: string | undefined;
}

export type EndpointsConfig = EndpointsInput;

/** AWS's own endpoint of bedrock-mantle, for which the SDK has no client. Source: AWS, "Endpoints of Amazon Bedrock" (read 2026-11-22). */
export const awsMantleEndpoint = "https://bedrock-mantle.{region}.api.aws";

const endpointRule = "must be an https URL with a host name; http and IP addresses are for loopback only";

const longestEndpoint = 2048;

const endpointSchema: z.ZodType<string, string> = z.string(endpointRule).refine(isSafeEndpoint, endpointRule);

export const endpointsSchema: z.ZodType<EndpointsConfig, EndpointsInput> = options({
  bedrockRuntime: endpointSchema.optional().describe("Instead of bedrock-runtime.{region}.amazonaws.com."),
  bedrockMantle: endpointSchema.optional().describe("Instead of bedrock-mantle.{region}.api.aws."),
  sts: endpointSchema.optional().describe("Instead of sts.{region}.amazonaws.com."),
  serviceQuotas: endpointSchema.optional().describe("Instead of servicequotas.{region}.amazonaws.com."),
  cloudWatch: endpointSchema.optional().describe("Instead of monitoring.{region}.amazonaws.com."),
  bedrock: endpointSchema.optional().describe("Instead of bedrock.{region}.amazonaws.com."),
});

/** The URL to call in a Region. */
export function endpointUrl(endpoint: string, region: string): string {
  return endpoint.replaceAll("{region}", region);
}

/** One way to write it: every parser of URLs reads the same host, and nothing hides in front of it or behind the path. */
const plainUrl = /^https?:\/\/[^/?#@\\\s]+(\/[^?#\\\s]*)?$/;

/** A name of two labels or more; the last begins with a letter, so no spelling of an IP address is one. */
const hostName = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/;

/** Names under which clouds serve credentials to whoever asks. Source: AWS EC2 and Google Cloud metadata documentation (read 2026-11-22). */
const metadataNames: ReadonlySet<string> = new Set([
  "metadata.google.internal",
  "metadata.goog",
  "instance-data.ec2.internal",
]);

/**
 * Prompts and signatures go there: no plain text over a network, no instance metadata, no credentials in a URL. The
 * Region may not choose the domain, only a name inside it.
 */
function isSafeEndpoint(endpoint: string): boolean {
  if (endpoint.length > longestEndpoint || !plainUrl.test(endpoint)) return false;
  const [here, there] = ["us-east-1", "eu-west-1"].map((region) => parseUrl(endpointUrl(endpoint, region)));
  if (here === undefined || there === undefined) return false;
  if (isLoopback(here.hostname)) return here.hostname === there.hostname;
  const isNamed = hostName.test(here.hostname) && !metadataNames.has(here.hostname);
  return here.protocol === "https:" && isNamed && domainOf(here) === domainOf(there);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function domainOf({ hostname }: URL): string {
  return hostname.split(".").slice(-2).join(".");
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) && !/[{}]/.test(text) ? new URL(text) : undefined;
}
