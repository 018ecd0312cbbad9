/**
 * Whether JSON may speak of a stream's end or of usage. Most pieces of a stream do not, and are not parsed again for it;
 * one that only looks like it is parsed for nothing. `null` is a count or a reason yet to come.
 */
export function mayClose(json: string): boolean {
  return closingMark.test(json);
}

const closingMark = new RegExp(
  [
    // AWS's metrics; the events of Anthropic, OpenAI Responses and Nova
    String.raw`invocationMetrics|"message_|"messageStop"|"metadata"|"response\.(?:completed|incomplete|failed)"`,
    // OpenAI, Mistral, DeepSeek, Llama, Titan, Cohere
    String.raw`(?:finish_reason|stop_reason|completionReason|is_finished)"\s*:\s*[^nf\s]`,
    // counts
    String.raw`(?:usage|meta|_token_count|TokenCount)"\s*:\s*[^n\s]`,
  ].join("|"),
);
