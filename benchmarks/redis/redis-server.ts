import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A redis-server of this machine on a port of 127.0.0.1, which keeps nothing on disk. Disposing it ends it. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  /** Of the process that runs now. */
  readonly pid: number;
  /** It answers nobody until it goes on; connections stay. */
  pause(): void;
  goOn(): void;
  /** It is gone, with all it held. */
  kill(): Promise<void>;
  /** It is there again on the same port, empty. */
  start(): Promise<void>;
}

/** Whether this machine has a redis-server. */
export function hasRedisServer(): boolean {
  return spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0;
}

/** @throws {Error} when there is none, or it does not come up within ten seconds. */
export async function startRedisServer(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "shardrock-redis-"));
  const port = await freePort();
  let server = await launch(port, folder);
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    server.kill("SIGKILL");
    await gone;
  };
  return {
    port,
    get pid() {
      return server.pid ?? 0;
    },
    pause: () => void server.kill("SIGSTOP"),
    goOn: () => void server.kill("SIGCONT"),
    kill,
    start: async () => {
      server = await launch(port, folder);
    },
    [Symbol.asyncDispose]: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function launch(port: number, folder: string): Promise<ChildProcess> {
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  const server = spawn("redis-server", args, { stdio: "ignore" });
  const failed = new Promise<never>((_, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`redis-server ended with ${code} at once`)));
  });
  failed.catch(() => undefined); // heard below, while it comes up; afterwards an end is no failure
  await Promise.race([answers(port), failed]);
  return server;
}

/** 200 times 50 ms. */
const mostTries = 200;

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < mostTries; attempt += 1) {
    if (await isUp(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`redis-server does not answer on port ${port}`);
}

function isUp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write("PING\r\n"));
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (data) => done(data.toString().startsWith("+PONG")));
    socket.once("error", () => done(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = address === null || typeof address === "string" ? 0 : address.port;
  server.close();
  await once(server, "close");
  return port;
}
