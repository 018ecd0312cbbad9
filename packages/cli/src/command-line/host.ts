import type { Clock, Random } from "@shardrock/core";

/** What the command line is given by the process it runs in; a test gives its own. */
export interface Host {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths start from, absolute. */
  readonly workingDirectory: string;
  /** Aborts on Ctrl-C, or when nobody reads stdout any more. */
  readonly signal: AbortSignal;
  /** The machine's own unless told. */
  readonly clock?: Clock;
  readonly random?: Random;
}

/** One of the two streams a command writes to. */
export interface TextStream {
  readonly isTTY: boolean;
  /** Characters in a line of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  /** Resolves when more may be written. */
  readonly write: (text: string) => Promise<void>;
}
