import type { Answer } from "./answer.ts";
import { unknownOperation } from "./bedrock-answers.ts";

/** A 200 that is no answer. */
export type OddAnswer = "html" | "empty" | "json-garbage" | "unknown-operation";

/** Answers what a proxy, a load balancer or a wrong path might: HTTP 200 with something else than was asked for. */
export function sendOddAnswer(answer: Answer, odd: OddAnswer, contentType: string): void {
  switch (odd) {
    case "html":
      return answer.send(200, { "content-type": "text/html; charset=utf-8" }, page);
    case "empty":
      return answer.send(200, { "content-type": contentType }, "");
    case "json-garbage":
      return answer.send(200, { "content-type": contentType }, '{"output":{"message":{"con');
    case "unknown-operation":
      return answer.send(200, { "content-type": "application/json" }, unknownOperation);
    default:
      return odd satisfies never;
  }
}

const page =
  "<!doctype html><html><head><title>Sign in</title></head><body>Please sign in to the network.</body></html>";
