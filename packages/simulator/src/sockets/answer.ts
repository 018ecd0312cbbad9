import type { Socket } from "node:net";
import type { Clock } from "@shardrock/core";
import { httpDate } from "./amz-time.ts";

/** Header names are lower case, so that HTTP/2 takes them. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** What the responses of `node:http` and `node:http2` can both do. */
export interface AnswerSink {
  writeHead(status: number, headers: AnswerHeaders): unknown;
  write(bytes: Uint8Array, flushed: () => void): unknown;
  end(): unknown;
  end(body: string): unknown;
  on(event: "close" | "error", listener: () => void): unknown;
}

/** What every answer says of the server. */
export interface AnsweringServer {
  readonly requestId: string;
  /** For the `date` header. */
  readonly clock: Clock;
}

/**
 * The way back to one client: a whole answer, a stream, or a connection broken on purpose. Writing to a client that has
 * gone does nothing.
 */
export class Answer {
  /** Goes out as `x-amzn-requestid` with every answer. */
  readonly requestId: string;
  readonly #clock: Clock;
  readonly #response: AnswerSink;
  readonly #socket: Socket | undefined;
  #isGone = false;
  #unflushed = 0;
  #whenFlushed: (() => void) | undefined;

  constructor(response: AnswerSink, socket: Socket | undefined, server: AnsweringServer) {
    this.requestId = server.requestId;
    this.#clock = server.clock;
    this.#response = response;
    this.#socket = socket;
    response.on("close", () => {
      this.#isGone = true;
    });
    // A client that vanished while we wrote; "close" follows, and the generation runs on without it.
    response.on("error", () => {});
  }

  /** True once the client has everything or has gone. */
  get isGone(): boolean {
    return this.#isGone;
  }

  send(status: number, headers: AnswerHeaders, body: string): void {
    if (this.#isGone) return;
    this.#head(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
    this.#response.end(body);
  }

  /** Sends headers and promises more bytes than follow, then closes the connection. */
  sendTruncated(status: number, headers: AnswerHeaders, body: string): void {
    if (this.#isGone) return;
    const bytes = Buffer.from(body);
    this.#head(status, { ...headers, "content-length": String(bytes.length) });
    this.write(bytes.subarray(0, bytes.length >> 1));
    this.cut();
  }

  open(status: number, headers: AnswerHeaders): void {
    if (!this.#isGone) this.#head(status, headers);
  }

  write(bytes: Uint8Array): void {
    if (this.#isGone) return;
    this.#unflushed += 1;
    this.#response.write(bytes, () => {
      this.#unflushed -= 1;
      if (this.#unflushed === 0) this.#whenFlushed?.();
    });
  }

  end(): void {
    if (!this.#isGone) this.#response.end();
  }

  /** Closes the connection (FIN) after what was written, without the protocol's own ending. */
  cut(): void {
    const close = (): void => this.#socket?.destroySoon();
    if (this.#unflushed === 0) close();
    else this.#whenFlushed = close;
  }

  /** Resets the connection (RST) at once. */
  reset(): void {
    this.#socket?.resetAndDestroy();
  }

  #head(status: number, headers: AnswerHeaders): void {
    const date = httpDate(this.#clock.epochMs());
    this.#response.writeHead(status, { date, ...headers, "x-amzn-requestid": this.requestId });
  }
}
