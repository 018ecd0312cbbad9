import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { type RequestHandler, ShardedBedrockRuntime } from "@shardrock/core";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import { fromUtf8, toUtf8 } from "@smithy/util-utf8";
import { fleetOf } from "./clients.ts";
import type { StreamEvents } from "./shape.ts";

const events = 4_000;
const warmUps = 5;
const pairs = 31;
const credentials = { accessKeyId: "AKIABENCH", secretAccessKey: "made-up" };
const region = "us-east-1";

/** Reads the same stream out of memory through the SDK's client and through ours, in turn. */
export async function compareStreams(): Promise<StreamEvents> {
  const requestHandler = handlerOf(framesOf(events));
  const bare = new BedrockRuntimeClient({ region, credentials, requestHandler });
  const sharded = new ShardedBedrockRuntime(fleetOf("https://localhost", 1, 1), {
    hostCredentials: credentials,
    requestHandler,
  });
  const ratios: number[] = [];
  for (let pair = -warmUps; pair < pairs; pair += 1) {
    const isOursFirst = pair % 2 === 0;
    const first = await timeStream(isOursFirst ? sharded : bare, isOursFirst ? "chat" : "model");
    const second = await timeStream(isOursFirst ? bare : sharded, isOursFirst ? "model" : "chat");
    if (pair >= 0) ratios.push(isOursFirst ? first / second : second / first);
  }
  sharded.destroy();
  return { ratios };
}

/** @returns ms from the first content to the end. */
async function timeStream(client: { send: BedrockRuntimeClient["send"] }, modelId: string): Promise<number> {
  const messages = [{ role: "user" as const, content: [{ text: "hello" }] }];
  const inferenceConfig = { maxTokens: 100 };
  const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages, inferenceConfig }));
  let seen = 0;
  const startMs = performance.now();
  for await (const event of stream ?? []) if (event.contentBlockDelta !== undefined) seen += 1;
  if (seen !== events) throw new Error(`${seen} events of ${events} came`);
  return performance.now() - startMs;
}

function framesOf(deltas: number): readonly Uint8Array[] {
  const delta = frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "a few words" } });
  return [
    frame("messageStart", { role: "assistant" }),
    ...Array.from({ length: deltas }, () => delta),
    frame("messageStop", { stopReason: "end_turn" }),
    frame("metadata", { usage: { inputTokens: 5, outputTokens: 50, totalTokens: 55 }, metrics: { latencyMs: 1 } }),
  ];
}

const codec = new EventStreamCodec(toUtf8, fromUtf8);

function frame(type: string, payload: object): Uint8Array {
  return codec.encode({
    headers: {
      ":message-type": { type: "string", value: "event" },
      ":event-type": { type: "string", value: type },
      ":content-type": { type: "string", value: "application/json" },
    },
    body: Buffer.from(JSON.stringify(payload)),
  });
}

/** Answers STS, and every call with the same frames, one a chunk as they come off a socket. */
function handlerOf(frames: readonly Uint8Array[]): RequestHandler {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    destroy: () => undefined,
    handle: async (request: { readonly path: string; readonly headers: Readonly<Record<string, string>> }) => {
      const isSts = request.path === "/";
      const headers = { "content-type": isSts ? "text/xml" : "application/vnd.amazon.eventstream" };
      const isIdentity = (request.headers["authorization"] ?? "").includes("Credential=ASIA");
      const body = isSts ? Buffer.from(isIdentity ? identity : session) : play(frames);
      return { response: { statusCode: 200, headers, body } };
    },
  };
}

async function* play(frames: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* frames;
}

const session = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
  <AccessKeyId>ASIABENCH</AccessKeyId><SecretAccessKey>made-up</SecretAccessKey><SessionToken>token</SessionToken>
  <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>arn:aws:sts::100000000000:assumed-role/shardrock/shardrock</Arn><UserId>AROA:shardrock</UserId>
  <Account>100000000000</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
