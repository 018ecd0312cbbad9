import { connect, createServer, type Server, type Socket } from "node:net";
import { type Clock, type Random, seededRandom, systemClock } from "@shardrock/core";
import type { DataToxic, Toxic, ToxicStream } from "./toxic.ts";
import { ToxicFlow } from "./toxic-flow.ts";

export interface FaultProxyOptions {
  /** A port of 127.0.0.1 where everything goes on to. */
  readonly upstreamPort: number;
  /** Default: none. */
  readonly toxics?: readonly Toxic[];
  /** Default: the machine's own. */
  readonly clock?: Clock;
  /** Default: seeded with 1. */
  readonly random?: Random;
}

/** A TCP proxy on 127.0.0.1 that harms what passes. Disposing it cuts every connection. */
export interface FaultProxy extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`; the port stays when it goes down and comes back. */
  readonly url: string;
  readonly port: number;
  readonly openConnections: number;
  /** Bytes that reached clients, over all connections so far. */
  readonly bytesDown: number;
  /** From now on these; connections that are open keep theirs, unless it goes down. */
  poison(...toxics: readonly Toxic[]): Promise<void>;
}

/**
 * Starts a proxy with toxiproxy's toxics, for tests of what a client makes of a bad network.
 * @throws the system's error when no port can be had.
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { upstreamPort, clock = systemClock, random = seededRandom(1) } = options;
  const pairs = new Set<Pair>();
  let bytesDown = 0;
  let toxics: readonly Toxic[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const own = toxics.filter((toxic) => toxic.kind !== "down");
    const pair = new Pair({ client, upstreamPort, toxics: own, clock, random });
    pairs.add(pair);
    client.once("close", () => {
      pairs.delete(pair);
      bytesDown += pair.bytesDown;
    });
  });
  await listen(server, 0);
  const address = server.address();
  const port = address === null || typeof address === "string" ? 0 : address.port;
  const cut = (): void => {
    for (const pair of pairs) pair.close("reset");
  };
  /** While it is down somebody else may be given its port: connections that leave get theirs by chance. */
  const listenAgain = async (): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await listen(server, port);
      } catch (error) {
        if (tries === mostTries || !isInUse(error)) throw error;
        await clock.sleep(tryAgainMs);
      }
    }
  };
  const poison = async (...next: readonly Toxic[]): Promise<void> => {
    toxics = next;
    if (!next.some(({ kind }) => kind === "down")) return server.listening ? undefined : listenAgain();
    cut();
    return unlisten(server);
  };
  await poison(...(options.toxics ?? []));
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get openConnections() {
      return pairs.size;
    },
    get bytesDown() {
      return [...pairs].reduce((sum, pair) => sum + pair.bytesDown, bytesDown);
    },
    poison,
    async [Symbol.asyncDispose]() {
      cut();
      await unlisten(server);
    },
  };
}

interface PairOptions {
  readonly client: Socket;
  readonly upstreamPort: number;
  readonly toxics: readonly (DataToxic & { readonly stream?: ToxicStream })[];
  readonly clock: Clock;
  readonly random: Random;
}

/** A client's connection and the one it goes on by. */
class Pair {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #down: ToxicFlow;

  constructor({ client, upstreamPort, toxics, clock, random }: PairOptions) {
    const upstream = connect({ host: "127.0.0.1", port: upstreamPort, allowHalfOpen: true, noDelay: true });
    this.#client = client;
    this.#upstream = upstream;
    const close = (how: "end" | "reset"): void => this.close(how);
    for (const socket of [client, upstream]) {
      // What breaks one side ends the other; "close" follows.
      socket.on("error", () => this.close("reset"));
    }
    client.on("close", () => upstream.destroy());
    const of = (stream: ToxicStream): readonly DataToxic[] =>
      toxics.filter((toxic) => (toxic.stream ?? "downstream") === stream);
    const common = { clock, random, close };
    this.#down = new ToxicFlow({ ...common, from: upstream, to: client, toxics: of("downstream") });
    void new ToxicFlow({ ...common, from: client, to: upstream, toxics: of("upstream") });
  }

  get bytesDown(): number {
    return this.#down.sent;
  }

  close(how: "end" | "reset"): void {
    this.#upstream.destroy();
    if (how === "reset") this.#client.resetAndDestroy();
    else this.#client.destroySoon();
  }
}

/** Ten seconds in all. */
const mostTries = 200;
const tryAgainMs = 50;

function isInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function unlisten(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => void server.close(() => resolve()));
}
