import { ShardrockError } from "../../errors.ts";
import { isRecord } from "../config/plain-data.ts";

const mostPairs = 16;
const longest = 256;

/** Source: Bedrock Runtime service model, `RequestMetadata` (read 2026-11-22). `\s` is meant: AWS takes line ends too. */
const allowed = /^[a-zA-Z0-9\s:_@$#=/+,.-]*$/;

/** What would end a header and begin another. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for.
const control = /[\u0000-\u001f\u007f]/;

/**
 * Checks the metadata of a request before anything is booked: AWS would refuse it, and InvokeModel sends it as a header.
 * @param metadata - Converse's pairs, or InvokeModel's JSON text of them. Text that is no JSON object is for AWS to judge.
 * @throws {ShardrockError} `request-invalid` naming the key, never a value.
 */
export function checkRequestMetadata(metadata: unknown): void {
  if (metadata === undefined) return;
  if (typeof metadata === "string") return checkHeader(metadata);
  if (!isRecord(metadata)) throw invalid("must be pairs of text");
  checkPairs(metadata);
}

function checkHeader(json: string): void {
  if (control.test(json)) throw invalid("must be JSON on one line, without control characters");
  let pairs: unknown;
  try {
    pairs = JSON.parse(json);
  } catch {
    return; // whether that is an error is for AWS to say
  }
  if (isRecord(pairs)) checkPairs(pairs);
}

function checkPairs(pairs: Readonly<Record<string, unknown>>): void {
  const entries = Object.entries(pairs);
  if (entries.length < 1 || entries.length > mostPairs) {
    throw invalid(`must hold 1 to ${mostPairs} pairs, got ${entries.length}`);
  }
  for (const [key, value] of entries) {
    const shown = JSON.stringify(key.slice(0, longest));
    if (key.length < 1 || key.length > longest || !allowed.test(key)) {
      throw invalid(
        `has a key that is not 1 to ${longest} letters, digits, white space or any of :_@$#=/+,-.: ${shown}`,
      );
    }
    if (typeof value !== "string" || value.length > longest || !allowed.test(value)) {
      throw invalid(
        `must hold up to ${longest} letters, digits, white space or any of :_@$#=/+,-. as the value of ${shown}`,
      );
    }
  }
}

function invalid(rule: string): ShardrockError {
  return new ShardrockError("request-invalid", `requestMetadata ${rule}`);
}
