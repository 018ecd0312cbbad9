import { ShardrockError } from "../../errors.ts";
import { isRecord } from "../config/plain-data.ts";
import { errorFacts } from "./error-facts.ts";

/**
 * What the caller sees when the call failed in this process, before anything was sent: the error of the SDK or of the
 * caller's middleware itself, as it speaks about the caller's code. When it quotes the call, or came with something
 * from a network, a `request-invalid` that names its kind stands in for it.
 */
export function ownMistake(error: unknown, input: object): Error {
  if (error instanceof Error && !isFromNetwork(error) && !quotes(error.message, input, 0)) return error;
  const { name } = errorFacts(error);
  return new ShardrockError("request-invalid", `the call could not be sent: ${name} while the SDK prepared it`);
}

function isFromNetwork(error: Error): boolean {
  return "$response" in error || "$responseBodyText" in error || "$metadata" in error;
}

/** Shorter words, such as roles and types, tell nothing. */
const shortestQuote = 5;

/** Inputs are a dozen deep; what is deeper is not worth the search. */
const deepest = 32;

function quotes(message: string, value: unknown, depth: number): boolean {
  if (typeof value === "string") return value.length >= shortestQuote && message.includes(value);
  if (depth > deepest) return true;
  if (Array.isArray(value)) return value.some((item) => quotes(message, item, depth + 1));
  if (!isRecord(value) || value instanceof Uint8Array) return false;
  return Object.values(value).some((item) => quotes(message, item, depth + 1));
}
