import { ShardrockError } from "@shardrock/core";

/** Where in a trace something is. */
export interface TracePosition {
  readonly file: string;
  /** From 1 up; undefined: it is about the whole file. */
  readonly line?: number | undefined;
  /** In characters, from 1 up. */
  readonly column?: number | undefined;
}

/** A trace cannot be read. The message says where, what was expected and what is there, never a prompt or an answer. */
export class TraceError extends ShardrockError {
  override readonly name = "TraceError";
  readonly position: TracePosition;
  /** What should be there. */
  readonly expected: string;

  constructor(position: TracePosition, { expected, found }: { readonly expected: string; readonly found: string }) {
    super("option-invalid", `${sayPosition(position)}: expected ${expected}, found ${found}`);
    this.position = position;
    this.expected = expected;
  }
}

/** `file:line:column`, as far as it is known. */
export function sayPosition({ file, line, column }: TracePosition): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}
