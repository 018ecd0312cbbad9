import type { Duplex } from "node:stream";

/** What an HTTP/2 client with prior knowledge sends first. Source: RFC 9113, section 3.4. */
const http2Preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/**
 * Reads as much of a connection as tells HTTP/2 from HTTP/1.1, puts it back, leaves the connection paused, and says
 * which. A connection that ends before is never decided.
 */
export function sniffProtocol(connection: Duplex, decided: (protocol: "http1" | "http2") => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, http2Preface.length);
    const isPreface = seen.compare(http2Preface, 0, length, 0, length) === 0;
    if (isPreface && length < http2Preface.length) return;
    connection.off("data", onData);
    connection.pause();
    connection.unshift(seen);
    decided(isPreface ? "http2" : "http1");
  };
  connection.on("data", onData);
}
