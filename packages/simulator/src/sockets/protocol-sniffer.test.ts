import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { VirtualClock } from "../virtual-clock.ts";
import { sniffProtocol } from "./protocol-sniffer.ts";

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

it.each([
  ["http2", `${preface}frames`],
  ["http1", "POST / HTTP/1.1\r\n\r\n"],
  ["http1", "PROPFIND / HTTP/1.1\r\n\r\n"],
  ["http1", "PRI * HTTP/1.1\r\n\r\n a request that starts like the preface"],
] as const)("takes a connection for %s however its bytes %j arrive, and loses none", async (protocol, text) => {
  for (let at = 1; at < text.length; at += 1) {
    const connection = new PassThrough();
    const decision = new Promise<string>((resolve) => sniffProtocol(connection, resolve));
    connection.write(text.slice(0, at));
    await turn();
    connection.end(text.slice(at));

    expect(await decision, `split at byte ${at}`).toBe(protocol);
    let read = "";
    for await (const chunk of connection) read += String(chunk);
    expect(read).toBe(text);
  }
});

it("decides byte by byte, on the first that differs", async () => {
  const connection = new PassThrough();
  const decisions: string[] = [];
  sniffProtocol(connection, (protocol) => decisions.push(protocol));

  connection.write("P");
  await turn();
  const afterOne = [...decisions];
  connection.write("O");
  await turn();

  expect(afterOne).toEqual([]);
  expect(decisions).toEqual(["http1"]);
});

/** Lets the stream hand over what was written. */
async function turn(): Promise<void> {
  await new VirtualClock().advance(0);
}
