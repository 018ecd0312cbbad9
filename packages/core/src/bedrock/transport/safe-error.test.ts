import { inspect } from "node:util";
import {
  BedrockRuntimeServiceException,
  ModelStreamErrorException,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NoCapacityError, NotSentError, ShardrockError } from "../../errors.ts";
import { classify } from "../classify.ts";
import { safeError } from "./safe-error.ts";

const origin = { place: "account 111111111111, us-east-1" };
const canary = "canary: the patient's name is Ada";

/** As the SDK leaves it: with a hidden way to the request, its signature and the session token. */
function asThrown<E extends Error>(error: E): E {
  const response = { headers: { authorization: canary }, body: canary };
  Object.defineProperty(error, "$response", { value: response, enumerable: false });
  return Object.assign(error, { originalMessage: canary, request: { headers: canary }, cause: new Error(canary) });
}

/** Everything a logger or an error reporter could find. */
function everythingIn(error: unknown): string {
  const links: unknown[] = [];
  for (let link = error; link instanceof Error && links.length < 10; link = link.cause) links.push(link);
  return links
    .map((link) => [
      inspect(link, { showHidden: true, depth: Infinity, getters: true }),
      JSON.stringify(link, Object.getOwnPropertyNames(link)),
      JSON.stringify(link),
      (link as Error).stack,
      String(link),
    ])
    .join("\n");
}

describe("an error of AWS that leaves", () => {
  const original = asThrown(
    new ThrottlingException({
      message: `Too many tokens, please wait. ${canary}`,
      $metadata: { httpStatusCode: 429, requestId: "abc", attempts: 1, cfId: canary },
    }),
  );

  it("is another object of the same class, with facts and a message of ours", () => {
    const copy = safeError(original, origin);

    expect(copy).not.toBe(original);
    expect(copy).toBeInstanceOf(ThrottlingException);
    expect(copy).toBeInstanceOf(BedrockRuntimeServiceException);
    expect(copy).not.toBeInstanceOf(ValidationException);
    expect(Object.fromEntries(Object.entries(copy))).toEqual({
      name: "ThrottlingException",
      $fault: "client",
      $metadata: { httpStatusCode: 429, requestId: "abc", attempts: 1 },
    });
    expect(copy.message).toBe("ThrottlingException from account 111111111111, us-east-1 (HTTP 429, request abc)");
  });

  it("holds nothing of what was sent, nor of what AWS said", () => {
    expect(everythingIn(original)).toContain(canary);
    expect(everythingIn(safeError(original, origin))).not.toContain(canary);
  });

  it("means what the original meant, though the words that said so are gone", () => {
    const copy = safeError(original, origin);

    expect(classify(copy)).toEqual({ kind: "throttled", scope: "tokens-per-minute" });
    expect(classify(new NotSentError(copy))).toEqual({ kind: "throttled", scope: "tokens-per-minute" });
  });

  it("says what AWS said when that is asked for, and still leads nowhere", () => {
    const copy = safeError(
      asThrown(new ValidationException({ message: "max_tokens is too large", $metadata: { httpStatusCode: 400 } })),
      { ...origin, includeProviderMessage: true },
    );

    expect(copy.message).toBe(
      "ValidationException from account 111111111111, us-east-1 (HTTP 400): max_tokens is too large",
    );
    expect(everythingIn(copy)).not.toContain(canary);
  });

  it("tells whoever has a call to mend how to see what AWS said, and nobody else", () => {
    const refused = asThrown(new ValidationException({ message: canary, $metadata: { httpStatusCode: 400 } }));

    expect(safeError(refused, origin).message).toBe(
      "ValidationException from account 111111111111, us-east-1 (HTTP 400); what it says is left out, " +
        "errors.includeProviderMessage in the config shows it",
    );
    expect(safeError(original, origin).message).not.toContain("includeProviderMessage");
  });

  it("keeps its class when it comes from another copy of the SDK", () => {
    class ServiceException extends Error {
      readonly $fault = "server";
      readonly $metadata = { httpStatusCode: 503 };
    }
    class ServiceUnavailableException extends ServiceException {
      override readonly name = "ServiceUnavailableException";
    }

    const copy = safeError(new ServiceUnavailableException(canary), origin);

    expect(copy).toBeInstanceOf(ServiceUnavailableException);
    expect(copy).toMatchObject({ name: "ServiceUnavailableException", $fault: "server" });
    expect(classify(copy).kind).toBe("overloaded");
  });

  it("keeps whether AWS calls it retryable", () => {
    const error = new ModelStreamErrorException({ message: canary, $metadata: {} });
    const retryable = Object.assign(error, { $retryable: { throttling: true, why: canary } });

    expect(Reflect.get(safeError(retryable, origin), "$retryable")).toEqual({ throttling: true });
  });

  it("knows its request inside a stream too, where the SDK gives no metadata", () => {
    const error = new ModelStreamErrorException({ message: canary, $metadata: {} });
    Reflect.deleteProperty(error, "$metadata");

    const copy = safeError(error, { ...origin, requestId: "def" });

    expect(copy).toBeInstanceOf(ModelStreamErrorException);
    expect(copy).toMatchObject({ message: expect.stringContaining("request def"), $metadata: { requestId: "def" } });
  });
});

describe("another error that leaves", () => {
  it.each([
    [{ code: "ECONNRESET", syscall: "read", errno: -104 }, "ECONNRESET (read)", "ambiguous"],
    [{ code: "ECONNREFUSED", syscall: "connect", errno: -111 }, "ECONNREFUSED (connect)", "unreachable"],
    [{ name: "TimeoutError" }, "TimeoutError", "ambiguous"],
  ])("of the network keeps what says how it failed: %j", (fields, what, kind) => {
    const copy = safeError(Object.assign(new Error(canary), { address: canary, rawPacket: canary }, fields), origin);

    expect(copy).toMatchObject({ ...fields, message: `${what} from account 111111111111, us-east-1` });
    expect(classify(copy).kind).toBe(kind);
    expect(everythingIn(copy)).not.toContain(canary);
  });

  it("is response-invalid when an answer could not be read, whatever stood in it", () => {
    const error = Object.assign(new SyntaxError(`Unexpected token '<', "${canary}" is not valid JSON`), {
      $responseBodyText: canary,
      $metadata: { httpStatusCode: 200 },
    });

    const copy = safeError(error, { ...origin, includeProviderMessage: true });

    expect(copy).toMatchObject({ code: "response-invalid", $metadata: { httpStatusCode: 200 } });
    expect(classify(copy).kind).toBe("ambiguous");
    expect(everythingIn(copy)).not.toContain(canary);
  });

  it.each([
    [502, "ambiguous"],
    [503, "overloaded"],
    [429, "throttled"],
  ])(
    "is provider-error when a refusal with status %i could not be read, and means what its status means",
    (httpStatusCode, kind) => {
      const error = Object.assign(new SyntaxError(`<html>${canary}`), { $metadata: { httpStatusCode } });

      const copy = safeError(error, origin);

      expect(copy).toMatchObject({
        code: "provider-error",
        message: expect.stringContaining(`HTTP ${httpStatusCode}`),
      });
      expect(classify(copy).kind).toBe(kind);
      expect(everythingIn(copy)).not.toContain(canary);
    },
  );

  it("is provider-error with its name when AWS has no class for it", () => {
    const copy = safeError(Object.assign(new Error(canary), { name: "InternalFailure" }), origin);

    expect(copy).toMatchObject({ code: "provider-error", message: expect.stringMatching(/^InternalFailure from/) });
  });

  it("stays an AbortError", () => {
    expect(safeError(Object.assign(new Error(canary), { name: "AbortError" }), origin)).toMatchObject({
      name: "AbortError",
      cause: undefined,
    });
  });

  it("is itself when it is one of ours", () => {
    const own = new NoCapacityError("full", { retryAfterMs: 1, isEstimated: false });

    expect(safeError(own, origin)).toBe(own);
  });
});

describe("whatever is thrown", () => {
  const hidden = fc.constantFrom(
    "name", "message", "stack", "cause", "code", "syscall", "errno", "errors", "$fault", "$metadata", "$response",
    "$responseBodyText", "$retryable", "$service", "Error", "Code", "Message", "request", "config", "headers", "body",
    "originalMessage", "requestId", "toJSON", "constructor", Symbol("secret"),
  ); // prettier-ignore
  const value = fc.constantFrom<unknown>(
    canary,
    { requestId: canary, httpStatusCode: canary, attempts: canary, deep: { deeper: canary } },
    [canary],
    new Error(canary, { cause: canary }),
    () => canary,
    new Map([[canary, canary]]),
  );
  const plain = fc.constantFrom<unknown>("ThrottlingException", "client", "ECONNRESET", "connect", -104, {
    httpStatusCode: 429,
  });
  const field = fc.record({
    key: hidden,
    value: fc.oneof(value, plain),
    how: fc.constantFrom("own", "hidden", "getter", "inherited"),
  });
  const base = fc.constantFrom<() => object>(
    () => new Error(canary),
    () => new TypeError(canary, { cause: new Error(canary) }),
    () => new AggregateError([new Error(canary)], canary),
    () => new ThrottlingException({ message: canary, $metadata: { requestId: canary } }),
    () => new DOMException(canary, canary),
    () => ({ message: canary }),
    () => Object.create(null),
    () => new (class extends Error {
      get $fault() { return "client"; }
      secret = canary;
    })(canary),
  ); // prettier-ignore

  it("nothing of it but facts of a narrow form is found in what leaves", () => {
    fc.assert(
      fc.property(base, fc.array(field, { maxLength: 12 }), fc.boolean(), (make, fields, isFault) => {
        const error = make();
        const parent: object = Object.create(Object.getPrototypeOf(error));
        Object.setPrototypeOf(error, parent);
        for (const { key, value, how } of fields) {
          const enumerable = how !== "hidden";
          const described = how === "getter" ? { get: () => value } : { value, writable: true };
          Reflect.defineProperty(how === "inherited" ? parent : error, key, {
            configurable: true,
            enumerable,
            ...described,
          });
        }
        if (isFault) Reflect.defineProperty(error, "$fault", { value: "server", configurable: true });

        const copy = safeError(error, origin);

        expect(copy).toBeInstanceOf(Error);
        expect(copy).not.toBe(error);
        expect(everythingIn(copy)).not.toContain(canary);
        expect(classify(copy).kind).toBeTypeOf("string");
      }),
      { numRuns: 2_000 },
    );
  });

  it("never makes the library throw something else", () => {
    const hostile = new Proxy(new Error(canary), {
      get: () => { throw new Error(canary); },
    }); // prettier-ignore

    for (const thrown of [hostile, undefined, null, canary, 3, Symbol(canary), [canary], () => canary]) {
      const copy = safeError(thrown, origin);
      expect(copy).toBeInstanceOf(ShardrockError);
      expect(everythingIn(copy)).not.toContain(canary);
    }
  });
});
