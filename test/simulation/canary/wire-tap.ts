import { createServer, connect, type Socket } from "node:net";

/** Bytes of one connection that are remembered, each way; lines without an end would fill the memory. */
const mostBytes = 2 ** 18;

/** A wire to a simulated AWS that remembers what crossed it. */
export interface WireTap extends AsyncDisposable {
  readonly url: string;
  /** What AWS was sent and what it answered, each connection by itself. */
  readonly sent: () => readonly string[];
  readonly answered: () => readonly string[];
}

/** Listens on 127.0.0.1 and passes bytes on to a port there, resets and half-closes too. */
export async function openWireTap(port: number): Promise<WireTap> {
  const wires: { readonly sent: Buffer[]; readonly answered: Buffer[] }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    const wire = { sent: [], answered: [] };
    wires.push(wire);
    for (const socket of [near, far]) sockets.add(socket);
    pass(near, far, wire.sent);
    pass(far, near, wire.answered);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const texts = (side: "sent" | "answered") => wires.map((wire) => Buffer.concat(wire[side]).toString("latin1"));
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    sent: () => texts("sent"),
    answered: () => texts("answered"),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(from: Socket, to: Socket, bytes: Buffer[]): void {
  let left = mostBytes;
  from.on("data", (chunk: Buffer) => {
    if (left > 0) bytes.push(chunk);
    left -= chunk.length;
    to.write(chunk);
  });
  from.on("end", () => to.end());
  from.on("error", () => to.resetAndDestroy());
  from.on("close", () => to.destroySoon());
}
