import type { ServedBy } from "../transport/served-by.ts";
import { servedHeaders } from "./served-headers.ts";

/** Headers of AWS's answer that its callers read; those of the connection between us and AWS stay here. */
const passed =
  /^(?:content-type|date|request-id|x-request-id|x-amzn-[a-z-]+|anthropic-[a-z-]+|openai-[a-z-]+|x-ratelimit-[a-z-]+)$/;

/** Headers of a successful answer: AWS's own, and who served it. */
export function responseHeaders(headers: Readonly<Record<string, string>>, served: ServedBy): Headers {
  const kept = Object.entries(headers).filter(([name]) => passed.test(name));
  return new Headers([...kept, ...Object.entries(servedHeaders(served))]);
}
