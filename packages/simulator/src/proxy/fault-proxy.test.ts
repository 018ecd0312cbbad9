import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { startFaultProxy } from "./fault-proxy.ts";

it("comes back at its own port, also when somebody else was given it while it was down", async () => {
  const upstream = createServer().listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const address = upstream.address();
  const upstreamPort = typeof address === "object" && address !== null ? address.port : 0;
  await using proxy = await startFaultProxy({ upstreamPort });
  await proxy.poison({ kind: "down" });
  const other = createServer().listen(proxy.port, "127.0.0.1");
  await once(other, "listening");

  const comesBack = proxy.poison();
  await new Promise((resolve) => setImmediate(resolve));
  other.close();
  await comesBack;

  const again = createServer().listen(proxy.port, "127.0.0.1");
  const [error] = await once(again, "error");
  expect(error).toMatchObject({ code: "EADDRINUSE" });
  upstream.close();
});
