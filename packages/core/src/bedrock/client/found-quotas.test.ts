import { ConverseCommand, type ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import type { RouterEvent } from "../../routing/router-event.ts";
import { parseConfig } from "../config/parse.ts";
import type { ShardrockConfig } from "../config/shardrock-config.ts";
import { createRoutedFetch } from "../fetch/routed-fetch.ts";
import type { Findings } from "../fleet/findings.ts";
import { FakeAws } from "../testing/fake-aws.test.kit.ts";
import { openRouter } from "./open-router.ts";
import type { QuotaHost, QuotaSource } from "./quota-source.ts";
import { ShardedBedrockRuntime } from "./sharded-bedrock-runtime.ts";

const sonnet = "anthropic.claude-sonnet-4-6";
const host = { accessKeyId: "AKIAHOST", secretAccessKey: "host-secret" };
const policy = '{"Version":"2012-10-17","Statement":[]}';
const bare: ShardrockConfig = {
  accounts: [{ id: "111111111111" }, { id: "222222222222" }],
  role: { name: "shardrock", trust: "same-org" },
  models: { sonnet: { model: sonnet } },
  residency: { allowedRegions: ["us-east-1"] },
};
const input: ConverseCommandInput = {
  modelId: "sonnet",
  messages: [{ role: "user", content: [{ text: "hello" }] }],
  inferenceConfig: { maxTokens: 100 },
};

/** Every account has the model in its Region, with so many tokens a minute. */
const withLimit = (tokens: number, ids: readonly string[] = [sonnet]): Findings => ({
  ceiling: (unit) => (unit === "tokens" ? tokens : undefined),
  destinations: () => ["us-east-1"],
  idsOf: () => ids.map((id) => ({ id, endpoint: "runtime" })),
});

/** A source of quotas that tells what a test says. */
function source() {
  const hosts: QuotaHost[] = [];
  const log: string[] = [];
  let tellReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => (tellReady = resolve));
  const quotas: QuotaSource = {
    sessionPolicy: policy,
    watch: (host) => {
      hosts.push(host);
      return {
        ready,
        placesChanged: () => void log.push(host.places.map(({ accountId }) => accountId.slice(0, 1)).join("")),
        [Symbol.dispose]: () => {
          log.push("disposed");
          tellReady();
        },
      };
    },
  };
  const hostOf = (): QuotaHost => {
    const [first] = hosts;
    if (first === undefined) throw new Error("nobody watches");
    return first;
  };
  return { quotas, log, tellReady: () => tellReady(), hostOf };
}

function open(change: Partial<ShardrockConfig> = {}) {
  const aws = new FakeAws();
  const told = source();
  const options = { env: {}, hostCredentials: host, requestHandler: aws.handler, quotas: told.quotas };
  const client = new ShardedBedrockRuntime({ ...bare, ...change }, options);
  const events: RouterEvent[] = [];
  client.onEvent((event) => events.push(event));
  return { aws, client, events, ...told };
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a client that finds its quotas", () => {
  it("lets calls that come before wait, and go by what was found", async () => {
    const { client, aws, hostOf, tellReady } = open();
    const answer = client.converse(input);
    const fetched = createRoutedFetch(client)("https://bedrock-runtime.us-east-1.amazonaws.com/model/sonnet/converse", {
      method: "POST",
      body: JSON.stringify({ messages: input.messages, inferenceConfig: input.inferenceConfig }),
    });
    await soon();
    expect(aws.seen).toEqual([]);

    hostOf().take(withLimit(10_000));
    tellReady();

    expect((await answer).$metadata).toMatchObject({ shardrock: { modelId: sonnet, region: "us-east-1" } });
    expect((await fetched).status).toBe(200);
    expect(client.snapshot().quotas.map(({ limit }) => limit)).toContain(10_000);
  });

  it("lets a caller's signal end that wait", async () => {
    const { client } = open();
    const controller = new AbortController();
    const waiting = client.converse(input, { abortSignal: controller.signal });

    controller.abort(new Error("enough"));

    await expect(waiting).rejects.toMatchObject({ name: "AbortError", cause: new Error("enough") });
  });

  it("refuses them when it is closed before anything was found", async () => {
    const { client, log } = open();
    const waiting = client.converse(input);

    client.destroy();

    await expect(waiting).rejects.toMatchObject({ code: "closed" });
    expect(log).toEqual(["disposed"]);
  });

  it("says that there is nowhere to go when nothing was found", async () => {
    const { client, hostOf, tellReady } = open();
    tellReady();

    await expect(client.converse(input)).rejects.toThrow("no target of sonnet is known: AWS could not be asked");
    hostOf().take({ ...withLimit(1), ceiling: () => undefined });
    await expect(client.converse(input)).rejects.toMatchObject({
      code: "no-eligible-target",
      reasons: [expect.stringMatching(/nobody knows its quota/), expect.anything()],
    });
  });

  it("changes limits under its targets, and its targets when others are found", async () => {
    const { client, events, hostOf, tellReady } = open();
    tellReady();
    hostOf().take(withLimit(10_000));
    const before = hostOf().fleet.models.get("sonnet")?.targets;
    const kinds = () => events.filter(({ kind }) => kind === "config-reload").length;

    hostOf().take(withLimit(5_000));
    expect(hostOf().fleet.models.get("sonnet")?.targets).toBe(before);
    expect(hostOf().fleet.limits.map(({ value }) => value)).toEqual([5_000, 5_000]);
    expect(kinds()).toBe(1);
    hostOf().take(withLimit(5_000, [sonnet, `us.${sonnet}`]));

    expect(kinds()).toBe(2);
    expect(hostOf().fleet.models.get("sonnet")?.targets).toHaveLength(4);
    expect(client.explain(new ConverseCommand(input))).toHaveLength(4);
  });

  it("stops using a profile that comes to reach further than is allowed, and warns", async () => {
    const { client, events, hostOf, tellReady } = open();
    const profile = `us.${sonnet}`;
    tellReady();
    hostOf().take(withLimit(10_000, [profile]));
    await client.converse(input);

    hostOf().take({ ...withLimit(10_000, [profile]), destinations: () => ["us-east-1", "ca-central-1"] });

    await expect(client.converse(input)).rejects.toMatchObject({ code: "no-eligible-target" });
    expect(events.flatMap((event) => (event.kind === "warning" ? [event.message] : []))).toContain(
      `111111111111/us-east-1/runtime/${profile} is not used for sonnet: it may run in ca-central-1, which is not allowed`,
    );
  });

  it("leaves drained what an operator drained, and in use what he resumed, when other targets are found", async () => {
    const accounts = [{ id: "111111111111", drained: true }, { id: "222222222222" }];
    const { client, hostOf, tellReady } = open({ accounts });
    tellReady();
    hostOf().take(withLimit(10_000));
    client.resume("111111111111");
    await client.drain("222222222222");

    hostOf().take(withLimit(10_000, [sonnet, `us.${sonnet}`]));

    expect(hostOf().places.map(({ accountId }) => accountId)).toEqual(["111111111111"]);
    expect((await client.converse(input)).$metadata.shardrock.accountId).toBe("111111111111");
  });

  it("reads nothing by the role of an account that was drained meanwhile", async () => {
    const { client, aws, hostOf, tellReady } = open();
    tellReady();
    hostOf().take(withLimit(10_000));
    const place = { accountId: "222222222222", region: "us-east-1" };
    const { credentials } = hostOf().clientOptions(place);
    await client.drain("222222222222");

    await expect(credentials()).rejects.toThrow("account 222222222222 is drained, or not in the config any more");
    expect(aws.sts).toEqual([]);
  });

  it("wipes sessions that went by targets there were before", async () => {
    const { client, aws, hostOf, tellReady } = open({
      accounts: [{ id: "111111111111", sessionPolicy: "models" }],
    });
    tellReady();
    hostOf().take(withLimit(10_000));
    await client.converse(input);
    hostOf().take(withLimit(10_000, [`us.${sonnet}`]));
    await client.converse(input);
    const policies = aws.sts.map(({ body }) => new URLSearchParams(body).get("Policy"));

    expect(new Set(policies).size).toBe(2);
    hostOf().take(withLimit(10_000));
    await client.converse(input);
    // The first session is gone, so the same policy is asked for anew.
    expect(aws.sts).toHaveLength(3);
  });

  it("keeps what was found through a reload, and tells who watches that accounts came and went", async () => {
    const { client, hostOf, log, tellReady } = open();
    tellReady();
    hostOf().take(withLimit(10_000));

    client.reload({ ...bare, accounts: [{ id: "222222222222" }, { id: "333333333333" }] });

    expect(
      hostOf()
        .fleet.models.get("sonnet")
        ?.targets.map(({ accountId }) => accountId),
    ).toEqual(["222222222222", "333333333333"]);
    await client.drain("333333333333");
    client.resume("333333333333");
    expect(log).toEqual(["23", "2", "23"]);
  });

  it("reads by sessions of their own that may do nothing else, and none of the host's credentials", async () => {
    const { aws, hostOf } = open();

    const { credentials, region } = hostOf().clientOptions({ accountId: "222222222222", region: "us-east-1" });
    const identity = await credentials();

    expect(identity.accessKeyId).toBe("ASIA222222222222");
    expect(region).toBe("us-east-1");
    expect(new URLSearchParams(aws.sts[0]?.body).get("Policy")).toBe(policy);
    expect(new URLSearchParams(aws.sts[0]?.body).get("RoleArn")).toBe("arn:aws:iam::222222222222:role/shardrock");
  });

  it("reads by the role of another account where it is told to", async () => {
    const { aws, hostOf } = open();
    const monitoring = {
      id: "999999999999",
      roleArn: "arn:aws:iam::999999999999:role/metrics",
      externalId: "of-metrics",
    };

    const place = { accountId: "222222222222", region: "us-east-1" };
    const identity = await hostOf().clientOptions(place, monitoring).credentials();

    expect(identity.accessKeyId).toBe("ASIA999999999999");
    expect(new URLSearchParams(aws.sts[0]?.body).get("ExternalId")).toBe("of-metrics");
  });

  it("reads by the role of the config in force, also by what was opened before a reload, and by none of an account that is gone", async () => {
    const { client, aws, hostOf } = open();
    const of = (id: string) => hostOf().clientOptions({ accountId: id, region: "us-east-1" });
    const [stays, goes] = [of("111111111111"), of("222222222222")];
    await stays.credentials();

    client.reload({ ...bare, accounts: [{ id: "111111111111" }], role: { name: "another", trust: "same-org" } });
    await stays.credentials();

    const roles = aws.sts.map(({ body }) => new URLSearchParams(body).get("RoleArn"));
    expect(roles).toEqual(["shardrock", "another"].map((name) => `arn:aws:iam::111111111111:role/${name}`));
    await expect(goes.credentials()).rejects.toMatchObject({ code: "option-invalid" });
  });

  it("says what is wrong with what was found, also to those who listen later", () => {
    const { client, hostOf } = open();
    hostOf().warn("quotas-file-unreadable", "it is damaged");
    const later: RouterEvent[] = [];

    client.onEvent((event) => later.push(event));

    expect(later).toMatchObject([{ kind: "warning", code: "quotas-file-unreadable", message: "it is damaged" }]);
  });

  it("wipes the sessions it read with when an account is drained", async () => {
    const { client, hostOf, tellReady } = open();
    tellReady();
    hostOf().take(withLimit(10_000));
    const identity = await hostOf().clientOptions({ accountId: "222222222222", region: "us-east-1" }).credentials();

    await client.drain("222222222222");

    expect(() => identity.accessKeyId).toThrow("these credentials were wiped");
  });

  it("tells what others use to the book, and what became known to whoever listens", () => {
    const { client, events, hostOf } = open();
    hostOf().take(withLimit(10_000));
    const key = `111111111111/us-east-1/runtime/${sonnet}/on-demand/tokens/minute`;

    hostOf().setForeignUse(key, 4_000);
    const place = { accountId: "111111111111", region: "us-east-1" };
    const news = { change: "drift", scope: "quota", key, before: 0, now: 4_000, message: "others use 40 %" } as const;
    hostOf().tell({ ...place, ...news });

    expect(events.at(-1)).toMatchObject({ kind: "quota-change", schemaVersion: 1, ...place, ...news });
    client.explain(new ConverseCommand(input));
    expect(client.snapshot().quotas.find((quota) => quota.key === key)?.foreignUse).toBe(4_000);
  });
});

describe("a router without a transport", () => {
  it("goes by what is found too, but has no roles to read it with", async () => {
    const { quotas, hostOf, tellReady, log } = source();
    const opened = openRouter(parseConfig(bare), { quotas });
    hostOf().take(withLimit(10_000));
    tellReady();
    await opened.ready;

    expect(opened.candidates("sonnet", { tokens: 1 })).toHaveLength(2);
    expect(() => hostOf().clientOptions({ accountId: "111111111111", region: "us-east-1" })).toThrow(
      /has no roles to read quotas with: give serviceQuotas\(\) a reader of your own/,
    );
    await opened.drain("111111111111");
    opened[Symbol.dispose]();
    expect(log).toEqual(["2", "disposed"]);
  });

  it("is ready at once where the config gives all quotas", async () => {
    const models = { m: { servedBy: [{ id: sonnet }], quotas: { tokensPerMinute: 5 } } };

    await expect(openRouter(parseConfig({ ...bare, models })).ready).resolves.toBeUndefined();
  });
});
