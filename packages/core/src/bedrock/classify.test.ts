import {
  AccessDeniedException,
  InternalServerException,
  ModelErrorException,
  ModelNotReadyException,
  ModelStreamErrorException,
  ModelTimeoutException,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  ServiceUnavailableException,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import { connect as connectTls } from "node:tls";
import { type AddressInfo, connect, createServer } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ErrorCode, NotSentError, ShardrockError, StreamInterruptedError } from "../errors.ts";
import type { Verdict } from "../routing/verdict.ts";
import { classify, rememberVerdict } from "./classify.ts";

const $metadata = {};
const options = (httpStatusCode: number, message = "m") => ({ message, $metadata: { httpStatusCode } });

const unheardOf = { kind: "ambiguous", isUnknown: true };

describe("classify", () => {
  it.each([
    [new ThrottlingException(options(429)), "throttled"],
    [new ServiceQuotaExceededException(options(400)), "throttled"],
    [new ModelNotReadyException(options(429)), "not-ready"],
    [new ServiceUnavailableException(options(503)), "overloaded"],
    [new InternalServerException(options(500)), "ambiguous"],
    [new ModelErrorException(options(424)), "ambiguous"],
    [new ModelTimeoutException(options(408)), "ambiguous"],
    [new ModelStreamErrorException({ message: "m", $metadata }), "ambiguous"],
    [new AccessDeniedException(options(403)), "target-denied"],
    [new ResourceNotFoundException(options(404)), "target-denied"],
    [new ValidationException(options(400)), "invalid"],
  ])("reads %s", (error, kind) => {
    expect(classify(error).kind).toBe(kind);
  });

  it.each([
    ["Too many requests, please wait before trying again.", "requests-per-minute"],
    ["Too many tokens, please wait before trying again.", "tokens-per-minute"],
    ["Too many tokens per day, please wait before trying again.", "tokens-per-day"],
    ["", "unknown"],
  ])("takes %j for a hint on which quota spoke", (message, scope) => {
    expect(classify(new ThrottlingException(options(429, message)))).toEqual({ kind: "throttled", scope });
  });

  it.each(["Model x is currently overloaded. Please try again later.", "Too many connections, please wait."])(
    "takes a throttle that says %j for shared capacity, which did no work",
    (message) => {
      expect(classify(new ThrottlingException(options(429, message)))).toEqual({ kind: "overloaded", isRefusal: true });
    },
  );

  const names: readonly (readonly [string, number, Verdict["kind"]])[] = [
    ["ThrottlingException", 429, "throttled"],
    ["TooManyRequestsException", 429, "throttled"],
    ["ServiceQuotaExceededException", 400, "throttled"],
    ["ModelNotReadyException", 429, "not-ready"],
    ["ServiceUnavailableException", 503, "overloaded"],
    ["InternalServerException", 500, "ambiguous"],
    ["ModelErrorException", 424, "ambiguous"],
    ["ModelTimeoutException", 408, "ambiguous"],
    ["ModelStreamErrorException", 424, "ambiguous"],
    ["AccessDeniedException", 403, "target-denied"],
    ["ResourceNotFoundException", 404, "target-denied"],
    ["ExpiredTokenException", 403, "session-refused"],
    ["UnrecognizedClientException", 403, "session-refused"],
    ["InvalidSignatureException", 403, "session-refused"],
    ["ValidationException", 400, "invalid"],
    ["ConflictException", 400, "invalid"],
  ];
  const spellings = {
    "as the SDK has it": (name: string) => name,
    "as a member of a stream": (name: string) => name.charAt(0).toLowerCase() + name.slice(1),
    "without its ending": (name: string) => name.replace("Exception", ""),
    "with its namespace": (name: string) => `com.amazon.coral.service#${name}`,
    "with a link": (name: string) => `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
  };

  describe.each(Object.entries(spellings))("a name %s", (_how, spell) => {
    it.each(names)("says the same of %s, inside a stream and without a message too", (name, httpStatusCode, kind) => {
      const named = Object.assign(new Error("m"), { name: spell(name) });

      expect(classify({ name: spell(name), message: "m", $metadata: { httpStatusCode } }).kind).toBe(kind);
      expect(classify(named).kind).toBe(kind);
      expect(classify({ name: spell(name) }).kind).toBe(kind);
    });
  });

  it.each(names)("does not know %s when its name is mangled, and goes by the status %i", (name, httpStatusCode) => {
    const byStatus = classify({ name: "Odd", $metadata: { httpStatusCode } });

    expect(classify({ name: `${name}$1`, message: "m", $metadata: { httpStatusCode } })).toEqual(byStatus);
    expect(classify({ name: `${name}$1` })).toEqual({ kind: "ambiguous", isUnknown: true });
  });

  it("reads which quota spoke when only the name is mangled", () => {
    const error = { name: "t", message: "Too many tokens per day, please wait.", $metadata: { httpStatusCode: 429 } };

    expect(classify(error)).toEqual({ kind: "throttled", scope: "tokens-per-day" });
  });

  it("takes no message for more than a hint: words alone say nothing", () => {
    expect(classify(new Error("ThrottlingException: Too many tokens per day"))).toEqual({
      kind: "ambiguous",
      isUnknown: true,
    });
    expect(classify(new ValidationException(options(400, "Too many tokens"))).kind).toBe("invalid");
  });

  it.each([{ code: "ECONNRESET" }, { name: "TimeoutError" }, { syscall: "read", code: "EWHATEVER" }])(
    "has heard of the network fault %j",
    (fields) => {
      expect(classify(Object.assign(new Error("m"), fields))).toEqual({ kind: "ambiguous" });
    },
  );

  it("knows an exception inside a stream, which has no status, by its name", () => {
    const error = Object.assign(new Error("Too many tokens, please wait before trying again."), {
      name: "ThrottlingException",
      $metadata: undefined,
    });

    expect(classify(error)).toEqual({ kind: "throttled", scope: "tokens-per-minute" });
  });

  it.each([
    [400, "invalid"],
    [401, "target-denied"],
    [403, "target-denied"],
    [404, "target-denied"],
    [408, "ambiguous"],
    [413, "invalid"],
    [424, "ambiguous"],
    [429, "throttled"],
    [500, "ambiguous"],
    [502, "ambiguous"],
    [503, "overloaded"],
    [504, "ambiguous"],
    [529, "overloaded"],
    [200, "ambiguous"],
  ])("goes by the status %i when the name is unheard of", (httpStatusCode, kind) => {
    expect(classify(Object.assign(new Error("m"), { name: "Odd", $metadata: { httpStatusCode } })).kind).toBe(kind);
  });

  it.each(["ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"])(
    "blames the account's session for %s",
    (name) => {
      expect(classify(Object.assign(new Error("m"), { name, $metadata: { httpStatusCode: 403 } })).kind).toBe(
        "session-refused",
      );
    },
  );

  it.each([
    [{ code: "ECONNREFUSED", syscall: "connect" }, "unreachable"],
    [{ code: "ETIMEDOUT", syscall: "connect", name: "TimeoutError" }, "unreachable"],
    [{ code: "ENOTFOUND", syscall: "getaddrinfo" }, "unreachable"],
    [{ code: "EWHATEVER", syscall: "getaddrinfo" }, "unreachable"],
    [{ code: "ECONNRESET", syscall: "read", errors: [] }, "ambiguous"],
    [{ code: "EAI_AGAIN" }, "unreachable"],
    [{ code: "CERT_HAS_EXPIRED" }, "unreachable"],
    [{ code: "ERR_SSL_WRONG_VERSION_NUMBER" }, "unreachable"],
    [{ code: "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE" }, "unreachable"],
    [{ code: "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC" }, "ambiguous"],
    [{ code: "ECONNRESET", syscall: "read" }, "ambiguous"],
    [{ code: "ECONNRESET", message: "socket hang up" }, "ambiguous"],
    [{ code: "EPIPE", syscall: "write" }, "ambiguous"],
    [{ code: "ETIMEDOUT", syscall: "read", name: "TimeoutError" }, "ambiguous"],
    [{ name: "TimeoutError" }, "ambiguous"],
    [{ name: "AbortError" }, "aborted"],
    [{ code: "ECONNREFUSED", errors: [{ syscall: "connect" }, { syscall: "connect" }] }, "unreachable"],
    [{ code: "ECONNREFUSED", errors: [{ syscall: "connect" }, { syscall: "read" }] }, "ambiguous"],
  ])("reads the network fault %j", (fields, kind) => {
    expect(classify(Object.assign(new Error("m"), fields)).kind).toBe(kind);
  });

  it("sees that nothing was sent when Node refuses a connection or breaks off a handshake", async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const brokenOff = await new Promise((resolve) => connectTls({ port, host: "127.0.0.1" }).on("error", resolve));
    await new Promise((resolve) => server.close(resolve));
    const refused = await new Promise((resolve) => connect({ port, host: "127.0.0.1" }).on("error", resolve));

    expect([classify(brokenOff).kind, classify(refused).kind]).toEqual(["unreachable", "unreachable"]);
  });

  it("reads our own errors", () => {
    expect(classify(new ShardrockError("credentials-unavailable", "m")).kind).toBe("account-failed");
    expect(classify(new ShardrockError("request-invalid", "m")).kind).toBe("invalid");
    expect(classify(new StreamInterruptedError("m", 0)).kind).toBe("ambiguous");
  });

  it.each<readonly [Verdict["kind"], string]>([
    ["throttled", "Throttling Throttled TooManyRequests RequestThrottled RequestLimitExceeded ServiceQuotaExceeded"],
    ["throttled", "rate_limit_error rate_limit_exceeded"],
    ["not-ready", "ModelNotReady"],
    ["overloaded", "ServiceUnavailable overloaded_error service_unavailable service_unavailable_error"],
    ["ambiguous", "InternalServer InternalServerError InternalFailure ModelError ModelTimeout ModelStreamError"],
    ["ambiguous", "RequestTimeout"],
    ["target-denied", "AccessDenied NotAuthorized OptInRequired ResourceNotFound"],
    ["session-refused", "ExpiredToken UnrecognizedClient InvalidClientTokenId InvalidSignature IncompleteSignature"],
    ["session-refused", "SignatureDoesNotMatch RequestTimeTooSkewed RequestExpired MissingAuthenticationToken"],
    ["invalid", "Validation ValidationError Conflict UnknownOperation MalformedHttpRequest RequestEntityTooLarge"],
    ["aborted", "AbortError"],
  ])("has heard of what the providers call %s: %s", (kind, published) => {
    for (const name of published.split(" ")) {
      const { isUnknown, ...verdict } = { isUnknown: false, ...classify({ name, message: "m" }) };

      expect([name, verdict.kind, isUnknown]).toEqual([name, kind, false]);
      // The status says otherwise and does not count.
      const httpStatusCode = kind === "invalid" ? 500 : 400;
      expect([name, classify({ name, $metadata: { httpStatusCode } }).kind]).toEqual([name, kind]);
    }
  });

  it.each(["Exceptional", "MyThrottlingExceptionHandler", "a:ThrottlingException", "Throttling#Odd", "Validation#x#y"])(
    "does not take %j for a name it knows",
    (name) => {
      expect(classify({ name, message: "m" })).toEqual({ kind: "ambiguous", isUnknown: true });
    },
  );

  it.each(
    (
      "ECONNREFUSED ENOTFOUND EAI_AGAIN ERR_TLS_CERT_ALTNAME_INVALID CERT_HAS_EXPIRED CERT_NOT_YET_VALID CERT_REVOKED " +
      "CERT_UNTRUSTED DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_GET_ISSUER_CERT " +
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE"
    ).split(" "),
  )("knows that nothing was sent after %s", (code) => {
    expect(classify(Object.assign(new Error("m"), { code }))).toEqual({ kind: "unreachable" });
    expect(classify({ errors: [{ code }, { code: "ECONNRESET" }] })).toEqual(unheardOf);
    expect(classify({ errors: [{ code }, { code }] })).toEqual({ kind: "unreachable" });
  });

  it.each([
    ["EPROTO", "write EPROTO: ssl3_read_bytes:sslv3 alert handshake failure", "unreachable"],
    ["EPROTO", "write EPROTO: tls_get_more_records:packet length too long", "ambiguous"],
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", "m", "unreachable"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "m", "unreachable"],
    ["ERR_SSL_TLSV1_UNRECOGNIZED_NAME", "m", "unreachable"],
    // A handshake is spoken of, but not by TLS.
    ["ECONNRESET", "the handshake of a websocket", "ambiguous"],
    ["ECONNRESET", "Client network socket disconnected before secure TLS connection was established", "unreachable"],
    ["", "Socket timed out; the request did not establish a connection with the server within 5 s", "unreachable"],
  ])("tells by %j and %j whether a request can have been sent: %s", (code, message, kind) => {
    expect(classify(Object.assign(new Error(message), { code }))).toMatchObject({ kind });
  });

  it.each([
    "ECONNABORTED",
    "ENETDOWN",
    "EHOSTUNREACH",
    "ERR_TLS_X",
    "ERR_STREAM_PREMATURE_CLOSE",
    "HPE_INVALID_CONSTANT",
  ])("has heard of %s, after which a request may have been sent", (code) => {
    expect(classify({ code })).toEqual({ kind: "ambiguous" });
  });

  it.each(["MY_ECONNRESET", "EPIPES", "EPROTOTYPE", "ETIMEDOUTS", 7, undefined])("has not heard of %j", (code) => {
    expect(classify({ code })).toEqual(unheardOf);
  });

  it.each<readonly [ErrorCode, Verdict["kind"]]>([
    ["credentials-unavailable", "account-failed"],
    ["account-mismatch", "account-failed"],
    ["request-invalid", "invalid"],
    ["command-unsupported", "invalid"],
    ["model-unknown", "invalid"],
    ["closed", "aborted"],
    ["timeout", "ambiguous"],
    ["response-invalid", "ambiguous"],
  ])("takes our own %s for %s", (code, kind) => {
    expect(classify(new ShardrockError(code, "m"))).toEqual({ kind });
  });

  it("knows an error again whose words were taken away, and no other one like it", () => {
    const copy = new Error("AWS's words are gone");
    rememberVerdict(copy, { kind: "throttled", scope: "tokens-per-day" });

    expect(classify(copy)).toEqual({ kind: "throttled", scope: "tokens-per-day" });
    expect(classify(new NotSentError(copy))).toEqual({ kind: "throttled", scope: "tokens-per-day" });
    expect(classify(new Error("AWS's words are gone"))).toEqual(unheardOf);
  });

  it("does not go by a status that is no number, or none of an error", () => {
    for (const httpStatusCode of ["429", 399, Number.NaN, undefined]) {
      expect(classify({ name: "Odd", $metadata: { httpStatusCode } })).toEqual(unheardOf);
    }
  });

  it("reads why nothing was sent", () => {
    expect(classify(new NotSentError(new ShardrockError("credentials-unavailable", "m"))).kind).toBe("account-failed");
    expect(classify(new NotSentError(Object.assign(new Error("m"), { name: "AbortError" }))).kind).toBe("aborted");
  });

  it("never throws, whatever is thrown at it, and doubt is ambiguous", () => {
    expect([undefined, null, 3, "x", [], {}, new Error("m")].map((error) => classify(error).kind)).toEqual(
      Array(7).fill("ambiguous"),
    );
    fc.assert(
      fc.property(fc.anything(), (error) => {
        expect(classify(error).kind).toBeTypeOf("string");
      }),
    );
  });
});
