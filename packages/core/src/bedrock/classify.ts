import type { ThrottleEvidence } from "../budget/ledger.ts";
import { type ErrorCode, NotSentError, ShardrockError } from "../errors.ts";
import type { Verdict } from "../routing/verdict.ts";
import { isRecord } from "./config/plain-data.ts";

/**
 * What an error of AWS, of the network or of our own means. The only place that knows the names of AWS errors.
 * In-stream exceptions carry no HTTP status, and two copies of the SDK share no classes, so names come first.
 */
export function classify(error: unknown): Verdict {
  const known = typeof error === "object" && error !== null ? knownVerdicts.get(error) : undefined;
  if (known !== undefined) return known;
  if (error instanceof NotSentError) return classify(error.cause);
  if (error instanceof ShardrockError) return verdictOfOwn(error);
  if (!isRecord(error)) return unheardOf;
  return verdictOfName(error) ?? verdictOfStatus(error) ?? verdictOfNetwork(error);
}

/** Doubt counts as processed, and somebody should hear of it. */
const unheardOf: Verdict = { kind: "ambiguous", isUnknown: true };

const knownVerdicts = new WeakMap<object, Verdict>();

/** What an error means whose words are gone: a copy without AWS's message, from which the scope was read. */
export function rememberVerdict(error: object, verdict: Verdict): void {
  knownVerdicts.set(error, verdict);
}

/**
 * Source: Bedrock Runtime service model, client-bedrock-runtime 3.1163; "Common Errors" of AWS's API references;
 * "Troubleshooting Amazon Bedrock API error codes"; Anthropic, "Errors"; OpenAI, "Error codes" (read 2026-11-22).
 */
const namesOfKind: readonly (readonly [Verdict["kind"], readonly string[]])[] = [
  // ServiceQuotaExceeded comes as HTTP 400, from InvokeModel only, and does not say which quota.
  [
    "throttled",
    [
      "Throttling",
      "Throttled",
      "TooManyRequests",
      "RequestThrottled",
      "RequestLimitExceeded",
      "ServiceQuotaExceeded",
      "rate_limit_error",
      "rate_limit_exceeded",
    ],
  ],
  // HTTP 429, but no quota: an imported or custom model is not loaded here yet. Nothing was processed and it comes back
  // by itself in seconds to minutes; a throttle would teach the book a limit nobody has.
  ["not-ready", ["ModelNotReady"]],
  ["overloaded", ["ServiceUnavailable", "overloaded_error", "service_unavailable", "service_unavailable_error"]],
  [
    "ambiguous",
    [
      "InternalServer",
      "InternalServerError",
      "InternalFailure",
      "ModelError",
      "ModelTimeout",
      "ModelStreamError",
      "RequestTimeout",
    ],
  ],
  ["target-denied", ["AccessDenied", "NotAuthorized", "OptInRequired", "ResourceNotFound"]],
  // The session is refused before anything is processed, in every Region of the account.
  [
    "session-refused",
    [
      "ExpiredToken",
      "UnrecognizedClient",
      "InvalidClientTokenId",
      "InvalidSignature",
      "IncompleteSignature",
      "SignatureDoesNotMatch",
      "RequestTimeTooSkewed",
      "RequestExpired",
      "MissingAuthenticationToken",
    ],
  ],
  // UnknownOperation comes with HTTP 200 when a model id was put in the path undecoded.
  [
    "invalid",
    ["Validation", "ValidationError", "Conflict", "UnknownOperation", "MalformedHttpRequest", "RequestEntityTooLarge"],
  ],
  ["aborted", ["AbortError"]],
];

/**
 * One spelling of a name. On the wire it comes as `ThrottlingException`, `throttlingException`, `Throttling`,
 * `com.amazon.coral.service#ThrottlingException` or `ThrottlingException:http://internal…`, by protocol and gateway.
 */
function spelling(name: string): string {
  return name
    .slice(0, longestName)
    .replace(/^[^#]*#/, "")
    .replace(/:[^]*$/, "")
    .replace(/Exception$/, "")
    .toLowerCase();
}

/** No name is as long, in characters. */
const longestName = 200;

const kindOfName: ReadonlyMap<string, Verdict["kind"]> = new Map(
  namesOfKind.flatMap(([kind, names]) => names.map((name) => [spelling(name), kind] as const)),
);

function verdictOfName(error: Fields): Verdict | undefined {
  const kind = kindOfName.get(spelling(text(error["name"])));
  if (kind === undefined) return undefined;
  return kind === "throttled" ? throttled(error) : { kind };
}

function verdictOfStatus(error: Fields): Verdict | undefined {
  const status = statusOf(error);
  if (status === undefined || !(status >= 400)) return undefined;
  if (status === 429) return throttled(error);
  if (status === 503 || status === 529) return { kind: "overloaded" };
  if (status === 401 || status === 403 || status === 404) return { kind: "target-denied" };
  if (status >= 500 || status === 408 || status === 424) return { kind: "ambiguous" };
  return { kind: "invalid" };
}

/** Messages are not a contract; they are read for one thing, who refused: which quota, or shared capacity, which is none. */
function throttled(error: Fields): Verdict {
  const message = text(error["message"]);
  const scope = scopeHints.find(({ hint }) => hint.test(message))?.scope ?? "unknown";
  return scope === "shared-capacity" ? { kind: "overloaded", isRefusal: true } : { kind: "throttled", scope };
}

type Hint = { readonly hint: RegExp; readonly scope: ThrottleEvidence["scope"] | "shared-capacity" };

/** Source: AWS ML blog, "Mastering Amazon Bedrock throttling and service availability", 2026-02-11. The first that matches counts. */
const scopeHints: readonly Hint[] = [
  { hint: /tokens per day/i, scope: "tokens-per-day" },
  { hint: /too many tokens/i, scope: "tokens-per-minute" },
  { hint: /too many requests/i, scope: "requests-per-minute" },
  { hint: /overloaded|too many connections/i, scope: "shared-capacity" },
];

/** No status, no known name: the network, or something unheard of. Doubt is `ambiguous`. */
function verdictOfNetwork(error: Fields): Verdict {
  if (isBeforeSending(error)) return { kind: "unreachable" };
  const isKnown = typeof error["syscall"] === "string" || codesAfterSending.test(text(error["code"]));
  return isKnown || error["name"] === "TimeoutError" ? { kind: "ambiguous" } : unheardOf;
}

/** Source: Node.js 20 and OpenSSL error codes, llhttp's `HPE_` (read 2026-11-22). */
const codesAfterSending = /^(ECONN|EPIPE$|EPROTO$|ETIMEDOUT$|ENET|EHOST|ERR_SSL_|ERR_TLS_|ERR_STREAM_|ERR_HTTP2_|HPE_)/;

function isBeforeSending(error: Fields): boolean {
  const inner = error["errors"];
  // Node tries every address of a host and reports all failures at once.
  if (Array.isArray(inner) && inner.length > 0) return inner.every((each) => isRecord(each) && isBeforeSending(each));
  if (error["syscall"] === "connect" || error["syscall"] === "getaddrinfo") return true;
  const code = text(error["code"]);
  if (codesBeforeSending.has(code)) return true;
  const message = text(error["message"]);
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) return handshakeHint.test(`${code} ${message}`);
  return messagesBeforeSending.test(message);
}

/** Source: Node.js 20 `dns`, `tls` and OpenSSL certificate error codes (read 2026-11-22). */
const codesBeforeSending: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** OpenSSL's words for a handshake that failed; other TLS faults may come after the request was sent. */
const handshakeHint = /handshake|wrong.version.number|unsupported.protocol|protocol.version|unrecognized.name/i;

/** Node's and the SDK handler's words where they leave no code: no TLS session, or no connection in time. */
const messagesBeforeSending =
  /before secure TLS connection was established|did not establish a connection with the server/;

function verdictOfOwn({ code }: ShardrockError): Verdict {
  return { kind: kindOfOwn.get(code) ?? "ambiguous" };
}

type PlainKind = Exclude<Verdict["kind"], "throttled">;

type Fields = Readonly<Record<string, unknown>>;

const kindOfOwn: ReadonlyMap<ErrorCode, PlainKind> = new Map<ErrorCode, PlainKind>([
  ["credentials-unavailable", "account-failed"],
  ["account-mismatch", "account-failed"],
  ["request-invalid", "invalid"],
  ["command-unsupported", "invalid"],
  ["model-unknown", "invalid"],
  ["closed", "aborted"],
]);

function statusOf(error: Fields): number | undefined {
  const metadata = error["$metadata"];
  const status = isRecord(metadata) ? metadata["httpStatusCode"] : undefined;
  return typeof status === "number" ? status : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
