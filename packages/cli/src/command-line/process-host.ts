import type { Host, TextStream } from "./host.ts";

/** This process as a host: Ctrl-C aborts its signal once; the second ends the process as usual. */
export function processHost(): Host {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort(new DOMException("interrupted", "AbortError"));
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (!("code" in error) || error.code !== "EPIPE") throw error;
      controller.abort(new ReaderGone());
    });
  }
  return {
    stdout: textStream(process.stdout),
    stderr: textStream(process.stderr),
    env: process.env,
    workingDirectory: process.cwd(),
    signal: controller.signal,
  };
}

/** Whoever read the output has seen enough, as `head` has: what aborts the signal then. */
export class ReaderGone extends DOMException {
  constructor() {
    super("nobody reads the output any more", "AbortError");
  }
}

function textStream(stream: NodeJS.WriteStream): TextStream {
  return {
    isTTY: stream.isTTY,
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
    write: (text) => new Promise((resolve) => stream.write(text, () => resolve())),
  };
}
