import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type NetConnectOpts } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kill } from "node:process";
import { type Child, startChild } from "./child.ts";
import { anyServer } from "./redis-binary.ts";

export interface ServerOptions {
  /** Path of the server; else any that is installed. */
  readonly binary?: string;
  /** Listens on a free port of 127.0.0.1 too, or on this one. */
  readonly port?: true | number;
  /** More of its configuration, as on the command line. */
  readonly args?: readonly string[];
}

/** A server of one test: in a folder of its own, nothing is saved. */
export interface RedisServer extends AsyncDisposable {
  /** Path of its unix socket. */
  readonly path: string;
  /** 0: it listens on none. */
  readonly port: number;
  readonly pid: number;
  /** It stands still, connections stay. */
  pause(): void;
  resume(): void;
  /** It goes away, as in a crash. */
  kill(): Promise<void>;
  /** It starts again where it was, empty. */
  restart(): Promise<void>;
}

/** Starts a server and waits until it answers. @throws where none is installed. */
export async function startRedis(options: ServerOptions = {}): Promise<RedisServer> {
  const binary = options.binary ?? anyServer();
  if (binary === undefined) throw new Error("neither redis-server nor valkey-server is installed");
  const folder = await mkdtemp(join(tmpdir(), "shardrock-redis-"));
  const path = join(folder, "redis.sock");
  const port = options.port === true ? await freePort() : (options.port ?? 0);
  const listen = ["--port", String(port), "--bind", "127.0.0.1", "--unixsocket", path];
  const args = [...listen, "--save", "", "--appendonly", "no", "--dir", folder, ...(options.args ?? [])];
  let child: Child = await started(binary, args, path);
  return {
    path,
    port,
    get pid() {
      return child.pid;
    },
    pause: () => kill(child.pid, "SIGSTOP"),
    resume: () => kill(child.pid, "SIGCONT"),
    kill: () => child.stop(),
    async restart() {
      await child.stop();
      child = await started(binary, args, path);
    },
    async [Symbol.asyncDispose]() {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

/** Sends one command as text and returns what comes first. */
export function ask(where: NetConnectOpts, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(where, () => socket.write(`${command}\r\n`));
    socket.once("data", (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once("error", reject);
    socket.once("end", () => reject(new Error("the server hung up")));
  });
}

async function started(binary: string, args: readonly string[], path: string): Promise<Child> {
  const child = await startChild(binary, args);
  try {
    await untilReady(path);
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Tries again for 10 s: a busy machine takes its time. */
async function untilReady(path: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await ask({ path }, "PING").catch((error: unknown) => error);
    if (typeof answer === "string" && /^(\+PONG|-NOAUTH|-NOPERM)/.test(answer)) return;
    if (attempt === 500) throw new Error(`the server did not get ready: ${String(answer)}`);
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
}
