import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { sniffProtocol } from "./protocol-sniffer.ts";

/** Called for each request; `socket` is the TCP connection itself, to break it. */
export type ExchangeListener = (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
  socket: Socket | undefined,
) => void;

/** A listening port; disposing it breaks every connection. */
export interface OnePortServer extends AsyncDisposable {
  readonly port: number;
  readonly openSockets: number;
}

/** Idle time after which load balancers in front of AWS cut a connection. Source: bedrock-facts.md, section 3.6. */
const idleConnectionMs = 350_000;

/**
 * Listens on 127.0.0.1 only, on a free port, and speaks HTTP/1.1 and HTTP/2 without TLS there: the first bytes of a
 * connection say which, and Node's own servers do the rest.
 * @throws the system's error when no port can be had.
 */
export async function listenOnLoopback(listener: ExchangeListener): Promise<OnePortServer> {
  /** By the client's port: an HTTP/2 request shows a proxy of its socket, which may not be broken. */
  const sockets = new Map<number | undefined, Socket>();
  const onRequest = (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void => listener(request, response, sockets.get(request.socket.remotePort));
  const http1 = createHttp1Server({ keepAliveTimeout: idleConnectionMs, requestTimeout: 0 }, onRequest);
  const http2 = createHttp2Server({ settings: { maxConcurrentStreams: 1000 } }, onRequest);
  http1.on("clientError", (_error, socket) => socket.destroy());
  // A broken session is the client's affair, or a fault we were asked for; its streams see their own "close".
  http2.on("sessionError", () => {});

  const tcp = createTcpServer({ noDelay: true }, (socket) => {
    const clientPort = socket.remotePort;
    sockets.set(clientPort, socket);
    socket.on("close", () => {
      if (sockets.get(clientPort) === socket) sockets.delete(clientPort); // the client may have used the port again
    });
    // A connection reset by the client ends what it carried; "close" follows.
    socket.on("error", () => {});
    sniffProtocol(socket, (protocol) => {
      if (protocol === "http2") return http2.emit("connection", socket); // reads what was put back by itself
      http1.emit("connection", socket);
      return socket.resume();
    });
  });
  await new Promise<void>((resolve, reject) => {
    tcp.once("error", reject);
    tcp.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, resolve);
  });
  let closing: Promise<void> | undefined;
  return {
    port: portOf(tcp),
    get openSockets() {
      return sockets.size;
    },
    [Symbol.asyncDispose]: () => (closing ??= closeAll(tcp, sockets)),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === "string" ? 0 : address.port;
}

async function closeAll(server: Server, sockets: ReadonlyMap<unknown, Socket>): Promise<void> {
  const closed = [server, ...sockets.values()].map(
    (each) => new Promise<void>((resolve) => each.once("close", () => resolve())),
  );
  server.close();
  for (const socket of sockets.values()) socket.destroy();
  await Promise.all(closed);
}
