import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { look } from "./kit/look-into-store.ts";
import { anyServer } from "./kit/redis-binary.ts";
import { startCluster } from "./kit/redis-cluster.ts";
import { freePort, startRedis } from "./kit/redis-server.ts";

const run = promisify(execFile);
const hasServer = anyServer() !== undefined;
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const root = fileURLToPath(new URL("../../", import.meta.url));

function certificate(folder: string): { readonly key: string; readonly cert: string } {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...name, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key, cert };
}

describe.skipIf(!hasServer || !hasOpenssl)("a store behind TLS (needs redis-server and openssl)", () => {
  it("is asked with rediss, and only where its certificate is trusted", async () => {
    const folder = mkdtempSync(join(tmpdir(), "shardrock-tls-"));
    try {
      const { key, cert } = certificate(folder);
      const port = await freePort();
      const tls = [
        "--tls-port",
        String(port),
        "--tls-cert-file",
        cert,
        "--tls-key-file",
        key,
        "--tls-auth-clients",
        "no",
      ];
      await using server = await startRedis({ args: [...tls, "--requirepass", "s3cret"] });
      const url = `rediss://default:s3cret@localhost:${port}`;

      await expect(look(url)).rejects.toThrow(/the store at localhost:\d+ cannot be read: .*self-signed certificate/);
      // Which authorities are trusted is read when a process starts.
      const asks = `import { look } from ${JSON.stringify(join(root, "test/redis/kit/look-into-store.ts"))}; console.log(await look(${JSON.stringify(url)}));`;
      const node = ["--import", "tsx", "--conditions=@shardrock/source", "--input-type=module", "-e", asks];
      const { stdout } = await run(process.execPath, node, {
        cwd: root,
        env: { ...process.env, NODE_EXTRA_CA_CERTS: cert },
      });

      expect(stdout).toBe("false\n");
      expect(server.port).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(!hasServer)("a cluster (needs redis-server)", () => {
  it("is asked through any of its nodes", async () => {
    await using cluster = await startCluster();

    const answers = await Promise.all(cluster.ports.map((port) => look(`redis://127.0.0.1:${port}`)));

    expect(answers).toEqual([false, false, false]);
  });
});
