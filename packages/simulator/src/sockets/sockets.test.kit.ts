import { BedrockRuntime } from "@aws-sdk/client-bedrock-runtime";
import { STS } from "@aws-sdk/client-sts";
import { seededRandom, systemClock } from "@shardrock/core";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { SimulatedCall, SimulatedUsage } from "../simulated-bedrock.ts";
import type { SimulatedBook } from "./exchange.ts";
import type { AnsweredRequest } from "./call-tally.ts";
import { type SimulatedAws, type SimulatedAwsOptions, startSimulatedAws } from "./simulated-aws.ts";

export const host = { accountId: "999900001111", accessKeyId: "AKIAHOST", secretAccessKey: "the-host's-secret" };
export const role = {
  accountId: "111122223333",
  roleArn: "arn:aws:iam::111122223333:role/bedrock",
  externalId: "ext-1",
};
export const modelId = "anthropic.claude-test-v1:0";
export const region = "eu-west-1";

export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export type Protocol = "http1" | "http2";

/** A book that says what it is told to, and remembers what it was asked and how calls ended. */
export class ToldBook implements SimulatedBook {
  readonly asked: SimulatedCall[] = [];
  readonly ended: (SimulatedUsage | "failed")[] = [];
  #onCall: () => void = () => {};
  decision: "admit" | "throttle" | "unknown" = "admit";
  /** Output tokens that all calls together may still write; undefined: nobody counts. */
  outputLeft: number | undefined = undefined;

  /** Resolves when the next call asks to be admitted. */
  nextCall(): Promise<void> {
    return new Promise((resolve) => (this.#onCall = resolve));
  }

  admit(call: SimulatedCall): ReturnType<SimulatedBook["admit"]> {
    this.asked.push(call);
    this.#onCall();
    if (this.decision === "unknown") return { kind: "unknown-model" };
    if (this.decision === "throttle") {
      return { kind: "throttled", message: "Too many tokens, please wait before trying again." };
    }
    return {
      kind: "admitted",
      ...(this.outputLeft !== undefined && { write: (tokens: number) => this.#write(tokens) }),
      end: (usage) => void this.ended.push(usage),
      fail: () => void this.ended.push("failed"),
    };
  }

  #write(tokens: number): number {
    const granted = Math.min(tokens, this.outputLeft ?? tokens);
    this.outputLeft = (this.outputLeft ?? 0) - granted;
    return granted;
  }
}

/** A simulated AWS with clients for it, all gone when it is disposed. */
export class Rig implements AsyncDisposable {
  readonly aws: SimulatedAws;
  readonly book: ToldBook;
  readonly #clients: { destroy(): void }[] = [];

  constructor(aws: SimulatedAws, book: ToldBook) {
    this.aws = aws;
    this.book = book;
  }

  runtime(signer: Signer, options: { readonly protocol?: Protocol; readonly region?: string } = {}): BedrockRuntime {
    const client = new BedrockRuntime({
      endpoint: this.aws.url,
      region: options.region ?? region,
      credentials: signer,
      maxAttempts: 1,
      authSchemePreference: ["sigv4"],
      ...(options.protocol === "http2" ? {} : { requestHandler: new NodeHttpHandler() }),
    });
    this.#clients.push(client);
    return client;
  }

  sts(signer: Signer = host): STS {
    const client = new STS({ endpoint: this.aws.url, region, credentials: signer, maxAttempts: 1 });
    this.#clients.push(client);
    return client;
  }

  /** Credentials of a session of `role`. */
  async session(): Promise<Required<Signer>> {
    const { Credentials } = await this.sts().assumeRole({
      RoleArn: role.roleArn,
      RoleSessionName: "test",
      ExternalId: role.externalId,
    });
    return {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
  }

  /** The next Bedrock request to end. */
  nextRecord(): Promise<AnsweredRequest> {
    return new Promise((resolve) => {
      const handle = this.aws.onRecord((record) => {
        handle[Symbol.dispose]();
        resolve(record);
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.aws[Symbol.asyncDispose]();
  }
}

/** Starts a simulated AWS whose model answers within milliseconds. */
export async function startRig(options: Partial<SimulatedAwsOptions> = {}): Promise<Rig> {
  const book = new ToldBook();
  const aws = await startSimulatedAws({
    book,
    clock: systemClock,
    callers: [host],
    roles: [role],
    ...options,
    model: { random: seededRandom(1), serviceMs: () => 8, firstTokenMs: 2, ...options.model },
  });
  return new Rig(aws, book);
}

/** A request for so many output tokens, of five input tokens. */
export function converseInput(
  outputTokens: number,
  maxTokens = 1000,
): {
  modelId: string;
  messages: { role: "user"; content: { text: string }[] }[];
  inferenceConfig: { maxTokens: number };
  requestMetadata: Record<string, string>;
} {
  return {
    modelId,
    messages: [{ role: "user", content: [{ text: "one two three four five" }] }],
    inferenceConfig: { maxTokens },
    requestMetadata: { outputTokens: String(outputTokens) },
  };
}

/** Everything an async iterable yields. */
export async function collect<T>(events: AsyncIterable<T> | undefined): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events ?? []) all.push(event);
  return all;
}

/** What a call threw; it must throw. */
export async function errorOf(call: Promise<unknown>): Promise<ThrownByAws> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("the call was expected to fail");
}

/** What the tests look at in an error of the SDK. */
export interface ThrownByAws extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}
