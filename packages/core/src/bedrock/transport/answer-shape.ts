import type { CommandKind } from "./command-kind.ts";
import { ShardrockError } from "../../errors.ts";
import { isRecord } from "../config/plain-data.ts";
import { asBuffer } from "../usage/json-body.ts";

/**
 * Whether what the SDK made of a 200 is an answer at all: for the SDK an empty body and `{}` are.
 * @throws {ShardrockError} `response-invalid` when it is none.
 */
export function demandAnswer(output: object, { api }: CommandKind): void {
  const isAnswer = api === "converse" ? hasOutput(output) : api === "invoke" ? hasBody(output) : hasMembers(output);
  if (!isAnswer) throw new ShardrockError("response-invalid", "AWS said HTTP 200, but what it gave is no answer");
}

function hasOutput(output: object): boolean {
  return isRecord(Reflect.get(output, "output"));
}

function hasMembers(output: object): boolean {
  return Object.entries(output).some(([name, value]) => name !== "$metadata" && value !== undefined);
}

/** The model's JSON, from its first bracket to its last; other types have to have bytes. */
function hasBody(output: object): boolean {
  const body = asBuffer(Reflect.get(output, "body"));
  if (body === undefined || body.length === 0) return false;
  if (!String(Reflect.get(output, "contentType")).includes("json")) return true;
  const text = body.length <= 4 ? body.toString().trim() : undefined;
  return text !== "{}" && text !== "[]" && isBracketed(body);
}

function isBracketed(body: Buffer): boolean {
  let first = 0;
  let last = body.length - 1;
  while (isBlank(body[first])) first += 1;
  while (isBlank(body[last])) last -= 1;
  return (body[first] === 0x7b && body[last] === 0x7d) || (body[first] === 0x5b && body[last] === 0x5d);
}

/** Space, tab, line feed, carriage return. */
function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
