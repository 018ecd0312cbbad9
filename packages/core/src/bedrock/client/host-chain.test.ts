import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { exampleAccount, exampleConfig } from "../testing/example-config.test.kit.ts";
import { assumedRole, type FakeAnswer, FakeAws } from "../testing/fake-aws.test.kit.ts";
import type { ShardrockConfig } from "../config/parse.ts";
import { hostChain } from "./host-chain.ts";
import { servedBy } from "../transport/served-by.ts";
import { ShardedBedrockRuntime } from "./sharded-bedrock-runtime.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "shardrock-"));
  await writeFile(join(folder, "token"), "a-web-identity-token");
  await writeFile(
    join(folder, "config"),
    "[profile hub]\nrole_arn = arn:aws:iam::999999999999:role/hub\nsource_profile = base\nregion = eu-west-1\n" +
      "endpoint_url = http://evil.example\n[profile base]\nregion = us-east-1\n",
  );
  await writeFile(
    join(folder, "credentials"),
    "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = base-secret\n",
  );
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(folder, "credentials"));
  for (const name of ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"]) vi.stubEnv(name, "http://evil.example");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** A client that finds the host's credentials itself; STS gives a session for whatever is asked. */
function open(change: Partial<ShardrockConfig> = {}) {
  const aws = new FakeAws();
  aws.onSts = ({ body }) => {
    const asked = new URLSearchParams(body);
    const answer = assumedRole(/::(\d{12}):/.exec(asked.get("RoleArn") ?? "")?.[1] ?? "");
    return { ...answer, body: answer.body?.replaceAll("AssumeRole", asked.get("Action") ?? "") ?? "" };
  };
  const client = new ShardedBedrockRuntime(exampleConfig({ accounts: [exampleAccount(1)], ...change }), {
    requestHandler: aws.handler,
  });
  return { aws, client };
}

const input = {
  modelId: "sonnet",
  messages: [{ role: "user" as const, content: [{ text: "hi" }] }],
  inferenceConfig: { maxTokens: 9 },
};

describe("the host's own credentials", () => {
  it("from a web identity are exchanged at AWS's own STS, whatever the environment says", async () => {
    vi.stubEnv("AWS_ROLE_ARN", "arn:aws:iam::999999999999:role/hub");
    vi.stubEnv("AWS_WEB_IDENTITY_TOKEN_FILE", join(folder, "token"));
    const { aws, client } = open();

    const answer = await client.converse(input);

    const [exchange, assumption] = aws.sts;
    expect(exchange?.body).toContain("Action=AssumeRoleWithWebIdentity");
    expect(exchange?.body).toContain("a-web-identity-token");
    expect(assumption).toMatchObject({ signer: "999999999999", host: "sts.us-east-1.amazonaws.com" });
    expect(aws.seen.map(({ host }) => host)).not.toContain("evil.example");
    expect(servedBy(answer)?.accountId).toBe("111111111111");
  });

  it("from a profile's role are asked of AWS's own STS, whatever profile and environment say", async () => {
    vi.stubEnv("AWS_PROFILE", "hub");
    const { aws, client } = open();

    await client.converse(input);

    expect(aws.sts.map(({ host, signer }) => [host, signer])).toEqual([
      ["sts.eu-west-1.amazonaws.com", "host"],
      ["sts.us-east-1.amazonaws.com", "999999999999"],
    ]);
    expect(aws.seen.map(({ host }) => host)).not.toContain("evil.example");
  });

  it("are found once for many accounts and callers", async () => {
    vi.stubEnv("AWS_PROFILE", "hub");
    const { aws, client } = open({ accounts: [1, 2, 3, 4].map((digit) => exampleAccount(digit)) });

    await Promise.all(Array.from({ length: 40 }, () => client.converse(input)));

    expect(aws.sts.filter(({ host }) => host === "sts.eu-west-1.amazonaws.com")).toHaveLength(1);
  });

  it("are found by a second question while the first one hangs", async () => {
    vi.stubEnv("AWS_PROFILE", "hub");
    const { aws } = open();
    const answer = aws.onSts;
    const hangs = [new Promise<FakeAnswer>(() => undefined)];
    aws.onSts = (request) => hangs.pop() ?? answer(request);
    const asking = { callerClientConfig: { region: async () => "us-east-1", requestHandler: aws.handler } };

    void hostChain(asking);
    await vi.waitFor(() => expect(aws.sts).toHaveLength(1));

    expect(await hostChain(asking)).toMatchObject({ accessKeyId: "ASIA999999999999" });
  });
});
