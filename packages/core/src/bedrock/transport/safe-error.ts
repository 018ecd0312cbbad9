import { ShardrockError } from "../../errors.ts";
import { classify, rememberVerdict } from "../classify.ts";
import { abortErrorOf } from "./abort-error.ts";
import { type ErrorFacts, errorFacts } from "./error-facts.ts";

/** Whom an error comes from, in words of ours. */
export interface ErrorOrigin {
  /** Who was asked: `account 111111111111, us-east-1`. */
  readonly place: string;
  /** Of the answer, for errors that came inside a stream and do not know it. */
  readonly requestId?: string | undefined;
  /** True: AWS's own words follow ours. They may quote the prompt. */
  readonly includeProviderMessage?: boolean | undefined;
  /** Takes out of AWS's words what nobody may see. */
  readonly redact?: ((text: string) => string) | undefined;
}

/**
 * An error that may leave this library in place of what AWS, the SDK or the network threw: a new object with facts from
 * an allow-list and a message of ours. Errors of this library are returned as they are, unless the SDK has had them.
 * - An error of AWS becomes another of the same class, so `instanceof` holds, for another copy of the SDK too.
 * - A fault of the network keeps its `code`, `syscall` and `errno`.
 * - An answer that could not be read becomes `response-invalid`; everything else `provider-error`.
 *
 * `classify` says of the copy what it says of the original, whose message it needs.
 * Source: the SDK's errors lead by the hidden `$response` to the signature and session token, and AWS's messages may
 * quote the prompt (tried 2026-11-22).
 */
export function safeError(error: unknown, origin: ErrorOrigin): Error {
  if (error instanceof ShardrockError) return "$response" in error ? withoutResponse(error) : error;
  const facts = errorFacts(error);
  const copy = copyOf(error, facts, origin);
  rememberVerdict(copy, verdictOf(error));
  return copy;
}

/**
 * An error of ours that was thrown while the SDK read an answer, such as a frame out of bounds: the SDK hides the
 * response in it, which leads to the signature, and adds a line about that to its message (tried 2026-11-22).
 */
function withoutResponse({ code, message }: ShardrockError): ShardrockError {
  return new ShardrockError(code, message.split("\n", 1)[0] ?? "");
}

function copyOf(error: unknown, facts: ErrorFacts, origin: ErrorOrigin): Error {
  if (facts.name === "AbortError") return abortErrorOf(undefined);
  if (facts.fault !== undefined) return copyOfAws(error, facts, origin);
  const metadata = metadataOf(facts, origin);
  if (facts.code !== undefined || facts.name === "TimeoutError") return copyOfNetwork(facts, origin, metadata);
  const isReader = readerErrors.has(facts.name);
  if (isReader && !isRefusal(facts)) {
    const message = `${whatAndWhence("an answer that cannot be read", facts, origin)}: ${facts.name} while reading it`;
    return Object.assign(new ShardrockError("response-invalid", message), metadata);
  }
  const what = isReader ? "a refusal that cannot be read" : facts.name;
  const said = isReader ? "" : providerMessage(facts, origin);
  return Object.assign(new ShardrockError("provider-error", `${whatAndWhence(what, facts, origin)}${said}`), metadata);
}

/** What a decoder or a parser throws; an error of AWS has a name of its own. */
const readerErrors: ReadonlySet<string> = new Set(["Error", "TypeError", "RangeError", "SyntaxError"]);

function isRefusal({ httpStatus }: ErrorFacts): boolean {
  return httpStatus !== undefined && httpStatus >= 300;
}

function copyOfAws(error: unknown, facts: ErrorFacts, origin: ErrorOrigin): Error {
  const copy = new Error(`${whatAndWhence(facts.name, facts, origin)}${providerMessage(facts, origin)}`);
  Object.setPrototypeOf(copy, safePrototype(error));
  return Object.assign(copy, { name: facts.name, $fault: facts.fault }, metadataOf(facts, origin), {
    ...(facts.retryable !== undefined && { $retryable: facts.retryable }),
  });
}

type Metadata = Readonly<Record<"$metadata", object>>;

function copyOfNetwork(facts: ErrorFacts, origin: ErrorOrigin, metadata: Metadata): Error {
  const { name, code, syscall, errno } = facts;
  const what = [code ?? name, syscall && `(${syscall})`].filter(Boolean).join(" ");
  return Object.assign(new Error(whatAndWhence(what, facts, origin)), metadata, {
    name,
    ...(code !== undefined && { code }),
    ...(syscall !== undefined && { syscall }),
    ...(errno !== undefined && { errno }),
  });
}

function metadataOf(
  { httpStatus, requestId, sdkAttempts, clockSkewCorrected }: ErrorFacts,
  origin: ErrorOrigin,
): Metadata {
  const id = requestId ?? origin.requestId;
  return {
    $metadata: {
      ...(httpStatus !== undefined && { httpStatusCode: httpStatus }),
      ...(id !== undefined && { requestId: id }),
      ...(sdkAttempts !== undefined && { attempts: sdkAttempts }),
      ...(clockSkewCorrected && { clockSkewCorrected }),
    },
  };
}

function whatAndWhence(what: string, { httpStatus, requestId }: ErrorFacts, origin: ErrorOrigin): string {
  const id = requestId ?? origin.requestId;
  const details = [httpStatus !== undefined && `HTTP ${httpStatus}`, id !== undefined && `request ${id}`];
  const known = details.filter((detail) => detail !== false).join(", ");
  return `${what} from ${origin.place}${known === "" ? "" : ` (${known})`}`;
}

/** Longest provider message that is passed on, in characters. */
const longestMessage = 4_000;

/** Whoever develops against AWS misses its words first, and should not have to look for them. */
const leftOut = "; what it says is left out, errors.includeProviderMessage in the config shows it";

function providerMessage(facts: ErrorFacts, { includeProviderMessage, redact }: ErrorOrigin): string {
  const { message } = facts;
  if (message === "") return "";
  if (includeProviderMessage !== true) return isAboutCall(facts) ? leftOut : "";
  return `: ${(redact?.(message) ?? message).slice(0, longestMessage)}`;
}

/** A call to be mended, not one to be made again. */
function isAboutCall({ httpStatus = 0 }: ErrorFacts): boolean {
  return httpStatus >= 400 && httpStatus < 500 && httpStatus !== 429;
}

/** The class of an error when nothing can be read by it: each link but `Error` itself has a constructor and no more. */
function safePrototype(error: unknown): object {
  try {
    const own: unknown = Reflect.getPrototypeOf(Object(error));
    for (let link = own; typeof link === "object" && link !== null; link = Reflect.getPrototypeOf(link)) {
      if (link === Error.prototype && typeof own === "object" && own !== null) return own;
      if (!isBareClass(link)) break;
    }
  } catch {
    // A proxy: nothing of it is passed on.
  }
  return Error.prototype;
}

function isBareClass(prototype: object): boolean {
  const keys = Reflect.ownKeys(prototype);
  if (keys.length !== 1 || keys[0] !== "constructor") return false;
  const made: unknown = Reflect.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof made === "function" && /^[A-Za-z_$][\w$]{0,63}$/.test(made.name);
}

function verdictOf(error: unknown): ReturnType<typeof classify> {
  try {
    return classify(error);
  } catch {
    return { kind: "ambiguous" }; // a getter or a proxy that throws
  }
}
