import type { Answer } from "./answer.ts";

/** A tree of elements: text, or children in order. */
export interface XmlTree {
  readonly [element: string]: string | XmlTree | undefined;
}

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
const headers = { "content-type": "text/xml" };

/** Answers 200 as the AWS query protocol does. Source: Smithy, "AWS query protocol" (2026-11-22). */
export function sendStsResult(answer: Answer, action: string, result: XmlTree): void {
  const body = { [`${action}Result`]: result, ResponseMetadata: { RequestId: answer.requestId } };
  answer.send(200, headers, `<${action}Response xmlns="${namespace}">${xmlOf(body)}</${action}Response>`);
}

/** Answers an error as STS words it: `<ErrorResponse><Error><Type>Sender</Type>…`. */
export function sendStsError(
  answer: Answer,
  error: { readonly status: number; readonly code: string; readonly message: string; readonly retryAfter?: string },
): void {
  const type = error.status >= 500 ? "Receiver" : "Sender";
  const body = { Error: { Type: type, Code: error.code, Message: error.message }, RequestId: answer.requestId };
  const retryAfter = error.retryAfter === undefined ? {} : { "retry-after": error.retryAfter };
  const xml = `<ErrorResponse xmlns="${namespace}">${xmlOf(body)}</ErrorResponse>`;
  answer.send(error.status, { ...headers, ...retryAfter }, xml);
}

function xmlOf(tree: XmlTree): string {
  return Object.entries(tree)
    .map(([name, value]) => {
      if (value === undefined) return "";
      return `<${name}>${typeof value === "string" ? escapeXml(value) : xmlOf(value)}</${name}>`;
    })
    .join("");
}

function escapeXml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
