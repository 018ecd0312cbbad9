/** `csv`: a table with a header line, Azure's LLM traces among them. `jsonl`: flat objects. `bedrock`: invocation logs. */
export const traceFormats = ["csv", "jsonl", "bedrock"] as const;
export type TraceFormat = (typeof traceFormats)[number];

/** How a trace is written. */
export const writtenFormats = ["csv", "jsonl"] as const;
export type WrittenFormat = (typeof writtenFormats)[number];
