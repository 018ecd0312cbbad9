import { type QuotaHost, type QuotaSource, ShardedBedrockRuntime } from "@shardrock/core";
import { pacedAws, serviceQuotas } from "@shardrock/quotas";
import { expect, it } from "vitest";
import { hasPythonModule, run } from "./foreign-program.ts";
import { startMoto } from "./moto-server.ts";

const hasMoto = hasPythonModule("moto.server") && hasPythonModule("flask") && hasPythonModule("boto3");
const [one, two] = ["111111111111", "222222222222"] as const;
const modelId = "us.anthropic.claude-sonnet-4-6";
const minuteMs = 60_000;

/** A source that reads nothing by itself, and shows what it could read with. */
function exposing() {
  const hosts: QuotaHost[] = [];
  const source: QuotaSource = {
    sessionPolicy: serviceQuotas().sessionPolicy,
    watch: (host) => {
      hosts.push(host);
      return { ready: Promise.resolve(), placesChanged: () => undefined, [Symbol.dispose]: () => undefined };
    },
  };
  return { source, hosts };
}

it.skipIf(!hasMoto)(
  "moto's CloudWatch tells what an account used, by the minute, to the account's own role and to no other one",
  async () => {
    using moto = await startMoto();
    const keys = { AWS_ACCESS_KEY_ID: "AKIAHOST", AWS_SECRET_ACCESS_KEY: "made-up" };
    const put = ["put_metrics.py", moto.url, `arn:aws:iam::${one}:role/shardrock`, modelId, "1200"];
    const minute = Number(await run("python3", put, keys));
    const { source, hosts } = exposing();
    const client = new ShardedBedrockRuntime(
      {
        role: { name: "shardrock", trust: "same-org" },
        accounts: [{ id: one }, { id: two }],
        models: { chat: { model: "anthropic.claude-sonnet-4-6" } },
        residency: { allowedRegions: ["us-east-1"] },
        endpoints: { sts: moto.url, cloudWatch: moto.url },
      },
      { hostCredentials: { accessKeyId: "AKIAHOST", secretAccessKey: "made-up" }, quotas: source },
    );
    await using _client = client;
    const [host] = hosts;
    if (host === undefined) throw new Error("nobody watches");
    using reader = pacedAws(host);

    const span = { fromMs: minute - 2 * minuteMs, untilMs: minute + 2 * minuteMs };
    const usageOf = async (accountId: string) => {
      const queries = [
        { endpoint: "runtime", modelId, metric: "tokens" },
        { endpoint: "runtime", modelId, metric: "requests" },
      ] as const;
      const asked = { place: { accountId, region: "us-east-1" }, signal: new AbortController().signal };
      return (await reader.usage(queries, span, asked)).map(({ byMinute }) => [...byMinute]);
    };

    expect(await usageOf(one)).toEqual([[[minute, 1_200]], []]);
    expect(await usageOf(two)).toEqual([[], []]);
  },
  90_000,
);
