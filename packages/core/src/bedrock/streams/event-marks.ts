// Most pieces of a stream only hold content. These look at their text, so that such a piece is not parsed for every
// question asked of it; one that only looks like an end or an error is parsed for nothing.

/** Whether JSON may speak of a stream's end or of usage. `null` is a count or a reason yet to come. */
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

/** Whether JSON may hold an error in place of content. */
export function mayFail(json: string): boolean {
  return json.includes('"error"') || json.includes('"response.failed"');
}
