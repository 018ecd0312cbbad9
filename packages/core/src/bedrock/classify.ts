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
  if (!isRecord(error)) return { kind: "ambiguous" };
  return verdictOfName(error) ?? verdictOfStatus(statusOf(error)) ?? verdictOfNetwork(error);
}

const knownVerdicts = new WeakMap<object, Verdict>();

/** What an error means whose words are gone: a copy without AWS's message, from which the scope was read. */
export function rememberVerdict(error: object, verdict: Verdict): void {
  knownVerdicts.set(error, verdict);
}

/**
 * Source: Bedrock Runtime service model, client-bedrock-runtime 3.1163 (read 2026-11-22), and "Troubleshooting
 * Amazon Bedrock API error codes". Wire names appear as `...Exception` or without it, depending on the protocol.
 */
const kindOfName: ReadonlyMap<string, Verdict["kind"]> = new Map<string, Verdict["kind"]>([
  ["ThrottlingException", "throttled"],
  ["TooManyRequestsException", "throttled"],
  // HTTP 400, from InvokeModel only: a quota that does not say which.
  ["ServiceQuotaExceededException", "throttled"],
  // HTTP 429, but no quota: an imported or custom model is not loaded here yet. Nothing was processed and it comes back
  // by itself in seconds to minutes, as a lost connection does; a throttle would teach the book a limit nobody has.
  ["ModelNotReadyException", "unreachable"],
  ["ServiceUnavailableException", "overloaded"],
  ["overloaded_error", "overloaded"],
  ["InternalServerException", "ambiguous"],
  ["ModelErrorException", "ambiguous"],
  ["ModelTimeoutException", "ambiguous"],
  ["ModelStreamErrorException", "ambiguous"],
  ["AccessDeniedException", "target-denied"],
  ["ResourceNotFoundException", "target-denied"],
  // The session is refused before anything is processed, in every Region of the account.
  ["ExpiredTokenException", "account-failed"],
  ["ExpiredToken", "account-failed"],
  ["UnrecognizedClientException", "account-failed"],
  ["InvalidClientTokenId", "account-failed"],
  ["InvalidSignatureException", "account-failed"],
  ["IncompleteSignatureException", "account-failed"],
  ["SignatureDoesNotMatch", "account-failed"],
  ["RequestTimeTooSkewed", "account-failed"],
  ["RequestExpired", "account-failed"],
  ["MissingAuthenticationTokenException", "account-failed"],
  ["ValidationException", "invalid"],
  ["ConflictException", "invalid"],
  // Comes with HTTP 200 when a model id was put in the path undecoded.
  ["UnknownOperationException", "invalid"],
  ["AbortError", "aborted"],
]);

function verdictOfName(error: Readonly<Record<string, unknown>>): Verdict | undefined {
  const kind = kindOfName.get(text(error["name"]));
  if (kind === undefined) return undefined;
  return kind === "throttled" ? throttled(error) : { kind };
}

function verdictOfStatus(status: number | undefined): Verdict | undefined {
  if (status === undefined || status < 400) return undefined;
  if (status === 429) return { kind: "throttled", scope: "unknown" };
  if (status === 503 || status === 529) return { kind: "overloaded" };
  if (status === 401 || status === 403 || status === 404) return { kind: "target-denied" };
  if (status >= 500 || status === 408 || status === 424) return { kind: "ambiguous" };
  return { kind: "invalid" };
}

/**
 * Messages are not a contract; they are read for one thing, which quota spoke. A throttle that says the model is overloaded
 * speaks of none, and is a throttle all the same: AWS processed nothing, so the call moves on, and the book sends less there
 * for the minutes it takes to forget; as `overloaded`, which stops, a caller would be worse off for AWS's choice of words.
 */
function throttled(error: Readonly<Record<string, unknown>>): Verdict {
  const message = text(error["message"]);
  const scope = scopeHints.find(({ hint }) => hint.test(message))?.scope ?? "unknown";
  return { kind: "throttled", scope };
}

/** Source: AWS ML blog, "Mastering Amazon Bedrock throttling and service availability", 2026-02-11. The first that matches counts. */
const scopeHints: readonly { readonly hint: RegExp; readonly scope: ThrottleEvidence["scope"] }[] = [
  { hint: /tokens per day/i, scope: "tokens-per-day" },
  { hint: /too many tokens/i, scope: "tokens-per-minute" },
  { hint: /too many requests/i, scope: "requests-per-minute" },
];

/** No status, no known name: the network, or something unheard of. Doubt is `ambiguous`. */
function verdictOfNetwork(error: Readonly<Record<string, unknown>>): Verdict {
  return isBeforeSending(error) ? { kind: "unreachable" } : { kind: "ambiguous" };
}

function isBeforeSending(error: Readonly<Record<string, unknown>>): boolean {
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

const kindOfOwn: ReadonlyMap<ErrorCode, PlainKind> = new Map<ErrorCode, PlainKind>([
  ["credentials-unavailable", "account-failed"],
  ["account-mismatch", "account-failed"],
  ["request-invalid", "invalid"],
  ["command-unsupported", "invalid"],
  ["model-unknown", "invalid"],
  ["closed", "aborted"],
]);

function statusOf(error: Readonly<Record<string, unknown>>): number | undefined {
  const metadata = error["$metadata"];
  const status = isRecord(metadata) ? metadata["httpStatusCode"] : undefined;
  return typeof status === "number" ? status : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
