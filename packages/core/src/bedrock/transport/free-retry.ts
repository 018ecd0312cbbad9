import { isRecord } from "../config/plain-data.ts";
import { errorFacts } from "./error-facts.ts";
import { isResetOfReusedSocket } from "./shared-handler.ts";

/** A reset of a used socket that comes later may have met a call that AWS was working on. In ms. */
const staleSocketMs = 100;

/** The server closed the idle socket just as the request went out on it. */
export function isStaleSocket(error: unknown, afterMs: number): boolean {
  return afterMs <= staleSocketMs && isResetOfReusedSocket(error);
}

/** The SDK has just set its clock right. */
export function isCorrectedSkew(error: unknown): boolean {
  return errorFacts(error).clockSkewCorrected;
}

/**
 * AWS takes the session for ended or unknown; a new one may be taken.
 * Source: "Common Errors" of AWS's API references; STS names them without `Exception` (read 2026-11-22).
 */
export function isRefusedSession(error: unknown): boolean {
  return refusedSessions.has(errorFacts(error).name);
}

const refusedSessions: ReadonlySet<string> = new Set([
  "ExpiredTokenException",
  "ExpiredToken",
  "UnrecognizedClientException",
  "InvalidClientTokenId",
]);

/** AWS takes the signature's time for wrong. */
export function isRefusedTime(error: unknown): boolean {
  const { name } = errorFacts(error);
  const message = isRecord(error) ? error["message"] : undefined;
  return refusedTimes.has(name) || (typeof message === "string" && timeHint.test(message));
}

const refusedTimes: ReadonlySet<string> = new Set([
  "InvalidSignatureException",
  "RequestTimeTooSkewed",
  "RequestExpired",
  "SignatureDoesNotMatch",
]);

const timeHint = /signature (expired|not yet current)/i;
