import { type Clock, type ShardrockConfig, systemClock } from "@shardrock/core";
import {
  type FaultHook,
  type SimulatedFleet,
  type SimulatedFleetOptions,
  startSimulatedFleet,
} from "@shardrock/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cliFolder, type CliRun } from "../iam/cli-run.ts";

const [one, two] = ["111111111111", "222222222222"] as const;
const sonnet = "anthropic.claude-sonnet-4-6";
const accounts = [
  { id: one, tokensPerMinute: { "us-east-1": 2_000_000 }, requestsPerMinute: { "us-east-1": 1_000 } },
  { id: two, tokensPerMinute: { "us-east-1": 1_000_000 }, requestsPerMinute: { "us-east-1": 1_000 } },
];

function startFleet(options: Partial<SimulatedFleetOptions> = {}): Promise<SimulatedFleet> {
  return startSimulatedFleet({ accounts, discovery: {}, ...options });
}

/** One Region of each account: reading takes seconds in each. */
function configOf({ bareConfig }: SimulatedFleet, change: Partial<ShardrockConfig> = {}): ShardrockConfig {
  const accounts = bareConfig.accounts.map(({ id }) => ({ id, regions: ["us-east-1"] }));
  return { ...bareConfig, accounts, ...change };
}

interface Shown {
  readonly severity: string;
  readonly check: string;
  readonly accountId: string | null;
  readonly region: string | null;
  readonly message: string;
  readonly fix: string | null;
}
interface Examined extends CliRun {
  readonly findings: readonly Shown[];
  of(check: string, accountId?: string): readonly Shown[];
}

interface Examining {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

async function examine(
  config: ShardrockConfig,
  { argv = ["--all"], env = {}, signal, clock }: Examining = {},
): Promise<Examined> {
  using folder = cliFolder(env, clock);
  const ran = await folder.run(["doctor", "-c", "router.json", "--json", ...argv], config, signal);
  const { findings } = (ran.stdout === "" ? { findings: [] } : JSON.parse(ran.stdout)) as {
    findings: readonly Shown[];
  };
  const of = (check: string, accountId?: string) =>
    findings.filter((each) => each.check === check && (accountId === undefined || each.accountId === accountId));
  return { ...ran, findings, of };
}

const keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"] as const;
const before = new Map(keys.map((key) => [key, process.env[key]]));

beforeAll(() => {
  process.env["AWS_ACCESS_KEY_ID"] = "AKIASIMULATEDHOST";
  process.env["AWS_SECRET_ACCESS_KEY"] = "simulated";
});
afterAll(() => {
  for (const [key, value] of before) {
    if (value === undefined) delete process.env[key];
    else process.env[key] = value;
  }
});

const on =
  (operation: string, accountId: string, fault: ReturnType<FaultHook>): FaultHook =>
  (point) =>
    point.operation === operation && point.accountId === accountId ? fault : undefined;
const denied = (message: string) => ({ kind: "error", status: 403, type: "AccessDenied", message }) as const;

// Reading quotas takes its time, by the rates AWS publishes.
describe.concurrent("shardrock doctor", () => {
  it("finds nothing to mend in accounts that are well, ends with 0, and calls no model", async () => {
    await using fleet = await startFleet();

    const { exitCode, findings, of, stderr } = await examine(configOf(fleet));

    expect(stderr).toBe("");
    expect(findings.filter(({ severity }) => severity === "error" || severity === "warning")).toEqual([]);
    expect(exitCode).toBe(0);
    expect(of("role").map(({ severity }) => severity)).toEqual(["ok", "ok"]);
    expect(of("quota", one)[0]?.message).toContain("2,000,000 tokens per minute");
    expect(of("model-access")).toHaveLength(2);
    expect(of("clock")).toMatchObject([{ severity: "ok" }]);
    expect(fleet.aws.stats().targets).toEqual([]);
    expect(fleet.aws.stats().refusedByAuth).toEqual({});
  });

  it("cannot tell a wrong ExternalId from a role that names another host, so it says both and what to compare", async () => {
    await using fleet = await startFleet();
    const accounts = [
      { id: one, regions: ["us-east-1"], externalId: "not-the-one" },
      { id: two, regions: ["us-east-1"] },
    ];

    const { exitCode, of, stdout } = await examine(configOf(fleet, { accounts }));

    expect(exitCode).toBe(4);
    const [refused] = of("role", one);
    expect(refused).toMatchObject({ severity: "error", region: null });
    expect(refused?.message).toContain(
      "STS denies it without a reason; other accounts let this host in, so most likely its externalId is not the one",
    );
    expect(refused?.fix).toContain(`in account ${one}, compare sts:ExternalId`);
    expect(of("role", two)).toMatchObject([{ severity: "ok" }]);
    expect(stdout).not.toContain("not-the-one");
  });

  it.each([
    [
      "no policy of the hub allows it",
      "because no identity-based policy allows the sts:AssumeRole action",
      "no policy of arn:aws:",
      "hub policy",
    ],
    [
      "the trust policy denies it",
      "because no role trust policy allows the sts:AssumeRole action",
      "its trust policy does not let the host in",
      "sts:ExternalId",
    ],
    [
      "an organization's policy denies it",
      "with an explicit deny in a service control policy",
      "an organization's policy",
      "let it pass",
    ],
  ])("says so when STS tells that %s", async (_title, because, seen, fix) => {
    const message = `User: x is not authorized to perform: sts:AssumeRole on resource: y ${because}`;
    await using fleet = await startFleet({ fault: on("AssumeRole", one, denied(message)) });

    const { exitCode, of } = await examine(configOf(fleet));

    expect(exitCode).toBe(4);
    const [refused] = of("role", one);
    expect(refused?.message).toContain(seen);
    expect(refused?.fix).toContain(fix);
  });

  it("tells tags that may not be set apart from a role that may not be assumed", async () => {
    const message = "User: x is not authorized to perform: sts:TagSession on resource: y";
    await using fleet = await startFleet({ fault: on("AssumeRole", one, denied(message)) });

    expect((await examine(configOf(fleet))).of("role", one)[0]?.message).toContain("STS denies sts:TagSession");
  });

  it("finds a session of another account than the config says, and asks nothing with it", async () => {
    await using fleet = await startFleet({ fault: on("GetCallerIdentity", one, { kind: "wrong-account" }) });

    const { exitCode, of } = await examine(configOf(fleet));

    expect(exitCode).toBe(4);
    expect(of("identity", one)).toMatchObject([{ severity: "error" }]);
    expect(of("identity", one)[0]?.message).toContain(`account ${one}: asked for`);
    expect(of("quota", one)).toEqual([]);
    expect(of("quota", two).length).toBeGreaterThan(0);
  });

  it("finds a quota of 0, by which an account is on hold", async () => {
    await using fleet = await startFleet({
      accounts: [{ id: one, tokensPerMinute: { "us-east-1": 0 } }, accounts[1] ?? { id: two, tokensPerMinute: {} }],
    });

    const { exitCode, of } = await examine(configOf(fleet));

    expect(exitCode).toBe(4);
    expect(of("quota", one)).toMatchObject([{ severity: "error" }]);
    expect(of("quota", one)[0]?.message).toContain("on hold, with 0 tokens per minute");
  });

  it("warns of a config that says more than AWS applies", async () => {
    await using fleet = await startFleet();
    const models = { chat: { model: sonnet, quotas: { tokensPerMinute: 5_000_000 } } };
    const servedBy = [{ id: `us.${sonnet}`, destinations: ["us-east-1", "us-east-2", "us-west-2"] }];

    const { of } = await examine(configOf(fleet, { models: { chat: { servedBy, quotas: models.chat.quotas } } }));

    expect(of("quota", one)).toMatchObject([{ severity: "warning" }]);
    expect(of("quota", one)[0]?.message).toContain(
      "the config says 5,000,000 tokens per minute, AWS applies 2,000,000",
    );
  });

  it("finds a profile that does not exist", async () => {
    await using fleet = await startFleet();
    const servedBy = [{ id: `eu.${sonnet}`, destinations: ["us-east-1"] }];

    const { exitCode, of } = await examine(configOf(fleet, { models: { chat: { servedBy } } }));

    expect(exitCode).toBe(4);
    expect(of("profile", one)).toMatchObject([{ severity: "error", region: "us-east-1" }]);
    expect(of("profile", one)[0]?.message).toBe(`there is no inference profile eu.${sonnet}`);
  });

  it("finds a profile that may run where residency forbids", async () => {
    await using fleet = await startFleet();

    const { exitCode, of } = await examine(
      configOf(fleet, { residency: { allowedRegions: ["us-east-1", "us-west-2"] } }),
    );

    expect(exitCode).toBe(4);
    expect(of("residency", one)).toMatchObject([{ severity: "error" }]);
    expect(of("residency", one)[0]?.message).toContain("may run in us-east-2, which residency forbids");
  });

  it("warns of a destination that the config leaves out", async () => {
    await using fleet = await startFleet();
    const servedBy = [{ id: `us.${sonnet}`, destinations: ["us-east-1", "us-west-2"] }];

    const { of } = await examine(configOf(fleet, { models: { chat: { servedBy } } }));

    expect(of("residency", one)).toMatchObject([{ severity: "warning" }]);
    expect(of("residency", one)[0]?.message).toContain("may run in us-east-2 too");
  });

  it("finds a model the account has no access to", async () => {
    const withoutAccess = [{ accountId: one, region: "us-east-1", modelId: sonnet }];
    await using fleet = await startFleet({ settings: { withoutAccess } });

    const { exitCode, of } = await examine(configOf(fleet));

    expect(exitCode).toBe(4);
    expect(of("model-access", one)).toMatchObject([
      { severity: "error", message: `the account has no access to ${sonnet}` },
    ]);
    expect(of("model-access", two)).toMatchObject([{ severity: "ok" }]);
  });

  it("reports whether invocations are logged, with prompts or without, and changes nothing", async () => {
    const invocationLogging = [{ accountId: one, region: "us-east-1", bucket: "the-logs", includesText: true }];
    await using fleet = await startFleet({ settings: { invocationLogging } });

    const { of, exitCode } = await examine(configOf(fleet));

    expect(of("logging", one)).toMatchObject([
      { severity: "info", message: "model invocation logging is on, prompts and answers included, to bucket the-logs" },
    ]);
    expect(of("logging", two)).toMatchObject([{ message: "model invocation logging is off" }]);
    expect(exitCode).toBe(0);
  });

  it("finds a clock that is minutes off, and looks at the rest all the same", async () => {
    await using fleet = await startFleet({ clockSkewMs: 10 * 60_000 });

    const { exitCode, of } = await examine(configOf(fleet));

    expect(exitCode).toBe(4);
    expect(of("clock")).toMatchObject([{ severity: "error", accountId: null }]);
    expect(of("clock")[0]?.message).toMatch(/this machine's clock is (599|60[01]) s behind AWS's/);
    expect(of("role").map(({ severity }) => severity)).toEqual(["ok", "ok"]);
    expect(of("quota", one)).toMatchObject([{ severity: "ok" }]);
  });

  it("names variables that have no effect", async () => {
    await using fleet = await startFleet();

    const { of } = await examine(configOf(fleet), { env: { AWS_BEARER_TOKEN_BEDROCK: "a-secret" } });

    expect(of("environment")).toMatchObject([{ severity: "warning" }]);
    expect(of("environment")[0]?.message).toMatch(/^AWS_BEARER_TOKEN_BEDROCK is set in the environment/);
  });

  it("tells what a role may not look at, and looks at the rest", async () => {
    const mayNot = { kind: "error", status: 403, type: "AccessDeniedException", message: "no" } as const;
    await using fleet = await startFleet({ fault: on("ListServiceQuotas", one, mayNot) });

    const { of } = await examine(configOf(fleet));

    expect(of("quota", one)).toMatchObject([
      { severity: "warning", message: "the role may not look: AccessDeniedException" },
    ]);
    expect(of("quota", one)[0]?.fix).toContain("servicequotas:ListServiceQuotas");
    expect(of("profile", one)).toMatchObject([{ severity: "ok" }]);
  });

  it("looks at drained accounts too", async () => {
    await using fleet = await startFleet();
    const accounts = [
      { id: one, regions: ["us-east-1"], drained: true },
      { id: two, regions: ["us-east-1"] },
    ];

    expect((await examine(configOf(fleet, { accounts }))).of("quota", one)).toHaveLength(1);
  });

  it("gives up at its deadline, and says what it did not look at", async () => {
    const up = new AbortController();
    const hook: FaultHook = ({ operation }) => {
      if (operation !== "ListInferenceProfiles") return undefined;
      up.abort();
      return { kind: "hang" };
    };
    // The time is up when the question is asked that nobody answers.
    const clock: Clock = {
      ...systemClock,
      timer(ms, callback, keepsAlive) {
        if (ms !== 54_321) return systemClock.timer(ms, callback, keepsAlive);
        up.signal.addEventListener("abort", callback);
        return { [Symbol.dispose]: () => undefined };
      },
    };
    await using fleet = await startFleet({ fault: hook });
    const config = configOf(fleet, { accounts: [{ id: one, regions: ["us-east-1"] }] });

    const { exitCode, of } = await examine(config, { argv: ["--all", "--timeout", "54321ms"], clock });

    expect(exitCode).toBe(4);
    expect(of("time")).toMatchObject([{ accountId: one, region: "us-east-1", message: "not looked at within 54 s" }]);
    expect(of("role")).toMatchObject([{ severity: "ok" }]);
  });

  it("tells AWS's default from what was applied to the account", async () => {
    const tokensPerMinute = { "us-east-1": 2_000_000 };
    await using fleet = await startFleet({ accounts: [{ id: one, tokensPerMinute }] });

    const { of, exitCode } = await examine(configOf(fleet));

    expect(of("quota")).toMatchObject([{ severity: "info" }]);
    expect(of("quota")[0]?.message).toContain("AWS's default for requests per minute, which nobody applied");
    expect(exitCode).toBe(0);
  });

  it("assumes the roles that only look when it is told to", async () => {
    await using fleet = await startFleet();

    const { of } = await examine(configOf(fleet), { argv: ["--observe-role"] });

    expect(of("role", one)[0]?.message).toContain(
      `arn:aws:iam::${one}:role/shardrock-shared-observe cannot be assumed`,
    );
  });

  it("ends at Ctrl-C, with 130 and nothing printed", async () => {
    const pressed = new AbortController();
    const hook: FaultHook = ({ operation }) => {
      if (operation === "ListInferenceProfiles") pressed.abort(new DOMException("interrupted", "AbortError"));
      return undefined;
    };
    await using fleet = await startFleet({ fault: hook });

    const { exitCode, stdout } = await examine(configOf(fleet), { signal: pressed.signal });

    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: "" });
  });

  it("prints a table for people, the worst first, and what it comes to", async () => {
    const withoutAccess = [{ accountId: two, region: "us-east-1", modelId: sonnet }];
    await using fleet = await startFleet({ settings: { withoutAccess } });
    using folder = cliFolder();

    const { stdout } = await folder.run(["doctor", "-c", "router.json"], configOf(fleet));

    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^severity +account +region +check +finding +fix$/);
    expect(lines[1]).toMatch(/^error +222222222222 +us-east-1 +model-access +the account has no access to/);
    expect(lines.at(-1)).toMatch(/^1 error, 0 warnings, 2 to know, \d+ found right$/);
    expect(lines.filter((line) => line.startsWith("ok"))).toEqual([]);
  });
});

describe("shardrock doctor on a machine whose credentials AWS does not take", () => {
  it("says when the machine has no credentials that AWS takes", async () => {
    await using fleet = await startFleet();
    process.env["AWS_SECRET_ACCESS_KEY"] = "wrong";

    const { exitCode, of } = await examine(configOf(fleet));

    expect(exitCode).toBe(4);
    expect(of("host")).toMatchObject([{ severity: "error" }]);
  });
});
