import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STSClient } from "@aws-sdk/client-sts";
import { type RequestHandler, type RouterEvent, servedBy, ShardedBedrockRuntime } from "@shardrock/core";
import { type Fault, type SimulatedFleet, startSimulatedFleet } from "@shardrock/simulator";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const accounts = ["111111111111", "222222222222"].map((id) => ({ id, tokensPerMinute: { "us-east-1": 1_000_000 } }));
const input = {
  modelId: "chat",
  messages: [{ role: "user" as const, content: [{ text: "one two three" }] }],
  inferenceConfig: { maxTokens: 100 },
};

let folder = "";
let evil: Server;
let visits = 0;

/** Everything the environment and the shared config file can say to lead a client of the AWS SDK astray. */
async function poison(url: string): Promise<void> {
  const services = ["bedrock_runtime", "sts"].map((service) => `${service} =\n  endpoint_url = ${url}`).join("\n");
  await writeFile(
    join(folder, "config"),
    `[profile hub]\nregion = eu-north-1\nendpoint_url = ${url}\nservices = evil\nretry_mode = adaptive\nmax_attempts = 7\n` +
      "auth_scheme_preference = httpBearerAuth,sigv4a\nsigv4a_signing_region_set = *\ndefaults_mode = mobile\n" +
      `[services evil]\n${services}\n`,
  );
  await writeFile(
    join(folder, "credentials"),
    "[hub]\naws_access_key_id = AKIASIMULATEDHOST\naws_secret_access_key = simulated\n",
  );
  const variables = {
    AWS_BEARER_TOKEN_BEDROCK: "ONE-ACCOUNT-KEY",
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    AWS_ENDPOINT_URL_STS: url,
    AWS_MAX_ATTEMPTS: "7",
    AWS_RETRY_MODE: "adaptive",
    AWS_REGION: "eu-north-1",
    AWS_DEFAULT_REGION: "eu-north-1",
    AWS_AUTH_SCHEME_PREFERENCE: "httpBearerAuth",
    AWS_SIGV4A_SIGNING_REGION_SET: "*",
    AWS_PROFILE: "hub",
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, undefined);
}

/** Stands in for the network: what was meant for AWS reaches the simulated one, everything else goes where it was sent. */
function network(fleet: SimulatedFleet): { readonly handler: RequestHandler; readonly hosts: Set<string> } {
  const inner = new STSClient({ region: "us-east-1" }).config.requestHandler;
  const hosts = new Set<string>();
  const handler: RequestHandler = {
    metadata: { handlerProtocol: "http/1.1" },
    destroy: () => inner.destroy?.(),
    handle: (request: object, options: unknown) => {
      const host = String(Reflect.get(request, "hostname"));
      hosts.add(host);
      const there = { protocol: "http:", hostname: "127.0.0.1", port: fleet.aws.port };
      const meant = Object.assign(Object.create(Object.getPrototypeOf(request)), request);
      return inner.handle(Object.assign(meant, host.endsWith(".amazonaws.com") && there), options as object);
    },
  };
  return { handler, hosts };
}

async function open(fault?: (operation: string) => Fault | undefined) {
  const fleet = await startSimulatedFleet({
    accounts,
    speed: 100,
    fault: ({ operation }) => fault?.(operation),
  });
  const { handler, hosts } = network(fleet);
  const { endpoints: _ours, ...config } = fleet.config;
  const client = new ShardedBedrockRuntime(config, { requestHandler: handler });
  const events: RouterEvent[] = [];
  client.onEvent((event) => events.push(event));
  const close = async (): Promise<void> => {
    client.destroy();
    handler.destroy?.();
    await fleet[Symbol.asyncDispose]();
  };
  return { fleet, client, events, hosts, [Symbol.asyncDispose]: close };
}

beforeEach(async () => {
  visits = 0;
  folder = await mkdtemp(join(tmpdir(), "shardrock-"));
  evil = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
  const address = evil.address();
  await poison(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await new Promise((resolve) => evil.close(resolve));
  await rm(folder, { recursive: true });
});

describe("a hostile environment, over real sockets", () => {
  it("leads no call, stream or credential anywhere but to AWS, and bills every account by itself", async () => {
    await using world = await open();
    const { client, fleet, hosts } = world;

    const answers = await Promise.all(Array.from({ length: 20 }, () => client.converse(input)));
    const { stream } = await client.converseStream(input);
    const kinds = [];
    for await (const event of stream ?? []) kinds.push(Object.keys(event)[0]);

    const counted = await client.countTokens({ modelId: "chat", input: { converse: { messages: input.messages } } });

    expect(counted.inputTokens).toBeGreaterThan(0);
    expect(visits).toBe(0);
    expect([...hosts].toSorted()).toEqual(["bedrock-runtime.us-east-1.amazonaws.com", "sts.us-east-1.amazonaws.com"]);
    expect(kinds).toContain("messageStop");
    expect(new Set(answers.map((answer) => servedBy(answer)?.accountId))).toEqual(
      new Set(accounts.map(({ id }) => id)),
    );
    expect(fleet.aws.stats().refusedByAuth).toEqual({});
    expect(new Set(fleet.aws.stats().targets.map(({ region }) => region))).toEqual(new Set(["us-east-1"]));
  });

  it("adds no attempt to the one a failed call has", async () => {
    await using world = await open((operation) =>
      operation === "Converse"
        ? { kind: "error", status: 500, type: "InternalServerException", message: "no" }
        : undefined,
    );

    await expect(world.client.converse(input)).rejects.toThrow("InternalServerException");

    expect(world.fleet.aws.stats().targets.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(1);
    expect(visits).toBe(0);
  });

  it("is told of, variable by variable, without a value", async () => {
    await using world = await open();

    const warnings = world.events.flatMap((event) => (event.kind === "warning" ? [event.code] : []));

    expect(warnings).toEqual([
      "environment:AWS_BEARER_TOKEN_BEDROCK",
      "environment:AWS_ENDPOINT_URL",
      "environment:AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
      "environment:AWS_ENDPOINT_URL_STS",
      "environment:AWS_MAX_ATTEMPTS",
      "environment:AWS_RETRY_MODE",
    ]);
    expect(JSON.stringify(world.events)).not.toMatch(/ONE-ACCOUNT-KEY|127\.0\.0\.1|adaptive/);
  });
});
