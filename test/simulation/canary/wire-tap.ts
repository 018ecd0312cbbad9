import { createServer, connect, type Socket } from "node:net";

/** Bytes of one connection that are remembered, each way; lines without an end would fill the memory. */
const mostBytes = 2 ** 18;

/** A wire to a simulated AWS that remembers what crossed it. */
export interface WireTap extends AsyncDisposable {
  readonly url: string;
  /** What AWS was sent and what it answered since the last time, each connection by itself. */
  readonly take: () => Crossed;
}

export interface Crossed {
  readonly sent: readonly string[];
  readonly answered: readonly string[];
}

interface Wire {
  readonly sent: Buffer[];
  readonly answered: Buffer[];
  readonly sockets: readonly [near: Socket, far: Socket];
}

/** Listens on 127.0.0.1 and passes bytes on to a port there, resets and half-closes too. */
export async function openWireTap(port: number): Promise<WireTap> {
  let wires: Wire[] = [];
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    const wire: Wire = { sent: [], answered: [], sockets: [near, far] };
    wires.push(wire);
    pass(near, far, wire.sent);
    pass(far, near, wire.answered);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const text = (chunks: Buffer[]) => Buffer.concat(chunks.splice(0)).toString("latin1");
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    take() {
      const crossed = {
        sent: wires.map(({ sent }) => text(sent)),
        answered: wires.map(({ answered }) => text(answered)),
      };
      wires = wires.filter(({ sockets: [near, far] }) => !(near.closed && far.closed));
      return crossed;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of wires.flatMap((wire) => wire.sockets)) socket.destroy();
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
  // A reset in the middle of a shutdown never closes, and a worker thread waits for it in a loop without an end.
  from.on("error", () => (to.writableEnded ? to.destroy() : to.resetAndDestroy()));
  from.on("close", () => to.destroySoon());
}
