/** What callers of the SDK expect when they give up: an error named `AbortError`, with the signal's reason as cause. */
export function abortErrorOf(reason: unknown): Error {
  return new DOMException("the call was given up", { name: "AbortError", cause: reason });
}
