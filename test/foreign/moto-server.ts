import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bareEnvironment } from "./foreign-program.ts";

/** A running moto; disposing it ends it. */
export interface MotoServer extends Disposable {
  readonly url: string;
}

/** Starts somebody else's AWS on a free port. */
export async function startMoto(): Promise<MotoServer> {
  const port = await freePort();
  const moto = spawn("python3", ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    env: bareEnvironment(),
    stdio: "ignore",
  });
  const url = `http://127.0.0.1:${port}`;
  await answers(url);
  return { url, [Symbol.dispose]: () => void moto.kill() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** moto needs seconds to start. */
async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`moto does not answer at ${url}`);
}
