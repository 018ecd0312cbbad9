import { asBuffer } from "../usage/json-body.ts";
import { isRecord } from "../config/plain-data.ts";
import type { RequestHandler } from "../transport/target-clients.ts";

/** One request as it would have left the machine. */
export interface SeenRequest {
  readonly host: string;
  readonly path: string;
  readonly authorization: string;
  /** The account whose session signed it; `host` for the host's own credentials. */
  readonly signer: string;
  /** The Region of the signature. */
  readonly signedRegion: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

/** What the fake answers; a stream breaks off when its request is aborted. */
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly frames?: readonly Uint8Array[];
  /** After the frames: end cleanly, hang until aborted, or break. */
  readonly afterwards?: "end" | "hang" | Error;
}

type Answering = (request: SeenRequest) => FakeAnswer | Promise<FakeAnswer>;

/** For tests: STS and Bedrock behind the SDK's own request handler seam; nothing reaches a network. */
export class FakeAws {
  readonly seen: SeenRequest[] = [];
  onBedrock: Answering = () => converseAnswer("hello");
  /** Answers AssumeRole. */
  onSts: Answering = (request) => assumedRole(accountOf(request));
  /** Answers GetCallerIdentity: the role of that account that was asked for last, unless told. */
  onIdentityCheck: Answering = ({ signer }) => callerIdentity(signer, this.#roleNames.get(signer));
  readonly #roleNames = new Map<string, string>();

  /** AssumeRole. */
  get sts(): readonly SeenRequest[] {
    return this.seen.filter((request) => request.path === "/" && !isIdentityCheck(request));
  }

  /** GetCallerIdentity. */
  get identityChecks(): readonly SeenRequest[] {
    return this.seen.filter(isIdentityCheck);
  }

  get bedrock(): readonly SeenRequest[] {
    return this.seen.filter(({ path }) => path !== "/");
  }

  readonly handler: RequestHandler = {
    metadata: { handlerProtocol: "http/1.1" },
    destroy: () => undefined,
    handle: async (request: unknown, options: unknown) => {
      const seen = seeRequest(request, options);
      this.seen.push(seen);
      return { response: responseOf(await this.#answer(seen), seen.signal) };
    },
  };

  #answer(request: SeenRequest): FakeAnswer | Promise<FakeAnswer> {
    if (request.path !== "/") return this.onBedrock(request);
    if (isIdentityCheck(request)) return this.onIdentityCheck(request);
    const roleArn = new URLSearchParams(request.body).get("RoleArn") ?? "";
    this.#roleNames.set(accountOf(request), roleArn.slice(roleArn.lastIndexOf("/") + 1));
    return this.onSts(request);
  }
}

/** A Converse answer of AWS. */
export function converseAnswer(
  text: string,
  usage: unknown = { inputTokens: 7, outputTokens: 3, totalTokens: 10 },
): FakeAnswer {
  const body = {
    output: { message: { role: "assistant", content: [{ text }] } },
    stopReason: "end_turn",
    usage,
    metrics: { latencyMs: 1 },
  };
  return { body: JSON.stringify(body), headers: { "x-amzn-requestid": "request-1" } };
}

/** A refusal of Bedrock. */
export function refusal(status: number, type: string, message = "no"): FakeAnswer {
  const headers = { "x-amzn-errortype": type, "x-amzn-requestid": "request-2" };
  return { status, headers, body: JSON.stringify({ message }) };
}

/** An event stream. */
export function streamAnswer(frames: readonly Uint8Array[], afterwards: FakeAnswer["afterwards"] = "end"): FakeAnswer {
  const headers = { "content-type": "application/vnd.amazon.eventstream", "x-amzn-requestid": "request-3" };
  return { frames, afterwards, headers };
}

/** Credentials whose access key names the account. */
export function assumedRole(accountId: string): FakeAnswer {
  const body = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>ASIA${accountId}</AccessKeyId><SecretAccessKey>secret-${accountId}</SecretAccessKey>
    <SessionToken>token-${accountId}</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>
    </Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  return { body, headers: { "content-type": "text/xml" } };
}

/** What STS says to a session of a role. */
export function callerIdentity(accountId: string, roleName = "shardrock"): FakeAnswer {
  const body = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
    <Arn>arn:aws:sts::${accountId}:assumed-role/${roleName}/session</Arn><UserId>AROA:session</UserId>
    <Account>${accountId}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
  return { body, headers: { "content-type": "text/xml" } };
}

function isIdentityCheck({ path, body }: SeenRequest): boolean {
  return path === "/" && body.includes("Action=GetCallerIdentity");
}

/** The account a question to STS is about. */
export function accountOf({ body }: SeenRequest): string {
  return /iam%3A%3A(\d{12})/.exec(body)?.[1] ?? "";
}

function seeRequest(request: unknown, options: unknown): SeenRequest {
  const { hostname, port, path, headers, body } = recordOf(request);
  const texts: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(recordOf(headers)).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const authorization = texts["authorization"] ?? "";
  const [, key = "", signedRegion = ""] = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(authorization) ?? [];
  const { abortSignal } = recordOf(options);
  return {
    host: port === undefined ? String(hostname) : `${String(hostname)}:${Number(port)}`,
    path: String(path),
    authorization,
    signer: key.startsWith("ASIA") ? key.slice(4) : "host",
    signedRegion,
    body: asBuffer(body)?.toString() ?? String(body),
    headers: texts,
    signal: abortSignal instanceof AbortSignal ? abortSignal : undefined,
  };
}

function responseOf(
  { status = 200, headers = {}, body = "", frames, afterwards }: FakeAnswer,
  signal: AbortSignal | undefined,
): unknown {
  const content = frames === undefined ? Buffer.from(body) : play(frames, afterwards, signal);
  return { statusCode: status, headers: { "content-type": "application/json", ...headers }, body: content };
}

async function* play(
  frames: readonly Uint8Array[],
  afterwards: FakeAnswer["afterwards"],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for (const frame of frames) {
    if (signal?.aborted) throw new Error("aborted");
    yield frame;
  }
  if (afterwards instanceof Error) throw afterwards;
  if (afterwards !== "hang") return;
  await new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(Object.assign(new Error("aborted"), { code: "ECONNRESET" })));
  });
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
