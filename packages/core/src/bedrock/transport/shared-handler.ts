import { Agent, type AgentOptions, type ClientRequest } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { Socket } from "node:net";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/**
 * Makes the one HTTP/1.1 handler all clients share, with sockets that are kept alive. How many there may be is the
 * router's to bound: a bound here would be a second queue, after the capacity is booked.
 * Source: 400 calls of 300 ms took 0.8 s over it, 2.9 s over the default 50 sockets (tried 2026-11-22).
 * @param connectMs - longest wait for a connection.
 */
export function sharedHandler(connectMs: number): NodeHttpHandler {
  const options: AgentOptions = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 1024 };
  return new NodeHttpHandler({
    connectionTimeout: connectMs,
    httpAgent: watchReuse(new Agent(options)),
    httpsAgent: watchReuse(new TlsAgent(options)),
  });
}

const resetsOfReusedSockets = new WeakSet<object>();

/**
 * The server had closed the idle socket just as the request went out on it, and not a byte came back. The same request
 * is then sent once more to the same target. Source: Node.js docs, `request.reusedSocket`.
 */
export function isResetOfReusedSocket(error: unknown): boolean {
  return typeof error === "object" && error !== null && resetsOfReusedSockets.has(error);
}

/** Node tells an agent, and nobody else, when a request gets a used socket. */
function watchReuse<A extends Agent>(agent: A): A {
  const reuse = agent.reuseSocket.bind(agent);
  agent.reuseSocket = (socket, request) => {
    reuse(socket, request);
    if (socket instanceof Socket) markReset(request, socket);
  };
  return agent;
}

function markReset(request: ClientRequest, socket: Socket): void {
  const bytesBefore = socket.bytesRead;
  request.once("error", (error: NodeJS.ErrnoException) => {
    const isReset = error.code === "ECONNRESET" || error.code === "EPIPE";
    if (isReset && socket.bytesRead === bytesBefore) resetsOfReusedSockets.add(error);
  });
}
