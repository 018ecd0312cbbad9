import type { Clock, RequestHandler } from "@shardrock/core";
import { serviceMs, type SimulatedBedrock } from "@shardrock/simulator";

export interface VirtualEndpointOptions {
  readonly bedrock: SimulatedBedrock;
  readonly clock: Clock;
  /** Where it adds up what it charged, by account. */
  readonly tokens: Map<string, number>;
}

/**
 * STS, Converse and CountTokens behind the SDK's own seam for transports, in virtual time: the drop-in client and the SDK do all
 * that they do, and no socket is opened. Each word is a token, and the model writes as many as `requestMetadata` says.
 */
export function virtualEndpoint(options: VirtualEndpointOptions): RequestHandler {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    destroy: () => undefined,
    handle: async (request: object) => ({ response: await answered(request, options) }),
  };
}

interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

async function answered(request: object, options: VirtualEndpointOptions): Promise<Response> {
  const path = String(Reflect.get(request, "path"));
  const body: unknown = Reflect.get(request, "body");
  const text = ArrayBuffer.isView(body)
    ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()
    : String(body);
  const [, accountId = "", region = ""] = signature.exec(headerOf(request, "authorization")) ?? [];
  if (path === "/") return sts(text, accountId);
  const [, modelId = "", operation] = /^\/model\/([^/]+)\/(converse|count-tokens)$/.exec(path) ?? [];
  const asked = JSON.parse(text) as ConverseBody & { readonly input?: { readonly converse: ConverseBody } };
  if (operation === "count-tokens") return json(200, { inputTokens: wordsOf(asked.input?.converse ?? asked) });
  return converse(asked, { accountId, region, modelId: decodeURIComponent(modelId) }, options);
}

interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly modelId: string;
}

async function converse(body: ConverseBody, place: Place, options: VirtualEndpointOptions): Promise<Response> {
  const { bedrock, clock, tokens } = options;
  const inputTokens = wordsOf(body);
  const maxTokens = body.inferenceConfig?.maxTokens;
  const wanted = Number(body.requestMetadata?.outputTokens);
  const outputTokens = Math.min(wanted, maxTokens ?? wanted);
  const answer = bedrock.admit({ ...place, inputTokens, maxTokens }, clock.monotonicMs());
  if (answer.kind === "throttled") return json(429, { message: answer.message }, "ThrottlingException");
  if (answer.kind === "unknown-model") return json(404, { message: place.modelId }, "ResourceNotFoundException");
  await clock.sleep(serviceMs(outputTokens));
  answer.end({ inputTokens, outputTokens }, clock.monotonicMs());
  const charged = inputTokens + outputTokens * (bedrock.burndownOf(place) ?? 1);
  tokens.set(place.accountId, (tokens.get(place.accountId) ?? 0) + charged);
  return json(200, {
    output: { message: { role: "assistant", content: [{ text: "done" }] } },
    stopReason: "end_turn",
    usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    metrics: { latencyMs: 1 },
  });
}

interface ConverseBody {
  readonly messages: readonly [{ readonly content: readonly [{ readonly text: string }] }];
  readonly inferenceConfig?: { readonly maxTokens: number };
  readonly requestMetadata?: { readonly outputTokens: string };
}

function wordsOf({ messages }: ConverseBody): number {
  return messages[0].content[0].text.split(" ").length;
}

/** Access keys name their account. */
const signature = /Credential=ASIA(\d{12})\/\d+\/([^/]+)\//;

/** AssumeRole, and GetCallerIdentity by the session that it gave. */
function sts(text: string, signer: string): Response {
  const [, accountId = ""] = /iam%3A%3A(\d{12})/.exec(text) ?? [];
  const xml = text.includes("Action=GetCallerIdentity")
    ? `<GetCallerIdentityResponse><GetCallerIdentityResult><UserId>AROA:session</UserId><Account>${signer}</Account>
<Arn>arn:aws:sts::${signer}:assumed-role/shardrock/session</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`
    : `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA${accountId}</AccessKeyId>
<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  return { statusCode: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(xml) };
}

function json(statusCode: number, value: object, type?: string): Response {
  const headers = {
    "content-type": "application/json",
    "x-amzn-requestid": "request",
    ...(type !== undefined && { "x-amzn-errortype": type }),
  };
  return { statusCode, headers, body: Buffer.from(JSON.stringify(value)) };
}

function headerOf(request: object, name: string): string {
  const headers: unknown = Reflect.get(request, "headers");
  const entries = typeof headers === "object" && headers !== null ? Object.entries(headers) : [];
  return String(entries.find(([key]) => key.toLowerCase() === name)?.[1] ?? "");
}
