import {
  ConfigError,
  type NoCapacityError,
  openRouter,
  parseConfig,
  type RouterEvent,
  seededRandom,
  type ShardrockConfig,
} from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";
import { accountTarget, outcome, routedWorld } from "./routed-world.ts";

const [one, two] = ["111111111111", "222222222222"];
const burst = 5_820;

function accountOf(id: string, change: object = {}) {
  const roleArn = `arn:aws:iam::${id}:role/shardrock`;
  return { id, roleArn, trust: "same-org" as const, regions: ["us-east-1"], ...change };
}

function configOf(change: Partial<ShardrockConfig> = {}, tokensPerMinute = 60_000): ShardrockConfig {
  const servedBy = [{ id: "us.anthropic.claude-sonnet-4-6", destinations: ["us-east-1"] }];
  return {
    accounts: [accountOf(one), accountOf(two)],
    models: { sonnet: { servedBy, quotas: { tokensPerMinute } } },
    residency: { allowedRegions: ["us-east-1"] },
    ...change,
  };
}

/** A router of a config; a call lasts ten seconds, uses what it holds, and says where it ran. */
function open(config: ShardrockConfig = configOf()) {
  const clock = new VirtualClock();
  const opened = openRouter(parseConfig(config), { clock, random: seededRandom(1) });
  const events: RouterEvent[] = [];
  opened.router.onEvent((event) => events.push(event));
  const ran: string[] = [];
  const call = (tokens: number, { name = "call", priority = 0, isPlannedAnew = true } = {}) => {
    const request = () => ({
      pool: "sonnet",
      candidates: opened.candidates("sonnet", { requests: 1, tokens }),
      priority,
    });
    const running = opened.router.run(
      request(),
      async ({ accountId }, attempt) => {
        ran.push(`${name} on ${accountId}`);
        await clock.sleep(10_000);
        attempt.settle({ requests: 1, tokens });
        return accountId;
      },
      isPlannedAnew ? request : undefined,
    );
    return outcome(running);
  };
  const { router, candidates, drain, resume, reload } = opened;
  return { router, candidates, drain, resume, reload, opened, clock, events, ran, call };
}

const free = (rows: readonly { readonly key: string; readonly free: number }[]) =>
  Object.fromEntries(rows.map((row) => [row.key.slice(0, 12), row.free]));

describe("a drained account", () => {
  it("finishes what runs there, takes nothing new, and resolves its drain when the last has ended", async () => {
    const { call, drain, clock, ran } = open(configOf({ accounts: [accountOf(one)] }));
    const running = call(10);
    await clock.advance(1_000);
    let isDrained = false;
    const draining = drain(one, "role is being rebuilt").then(() => (isDrained = true));

    const refused = await call(10);
    await clock.advance(8_000);
    expect(isDrained).toBe(false);
    await clock.advance(1_000);
    await draining;

    expect(await running).toEqual({ value: one });
    expect(refused).toMatchObject({
      error: {
        code: "no-eligible-target",
        reasons: [expect.stringContaining(`account ${one} is drained: role is being rebuilt`)],
      },
    });
    expect(ran).toHaveLength(1);
  });

  it("lets calls that wait for it start elsewhere at once, and takes them back when it is resumed", async () => {
    const { call, drain, resume, clock, ran, router } = open();
    void drain(two);
    void call(burst, { name: "first" });
    const second = call(burst, { name: "second" });
    await clock.advance(0);
    expect(router.load).toEqual({ queued: 1, inFlight: 1 });

    resume(two);
    void drain(one);
    await clock.advance(0);

    expect(ran).toEqual([`first on ${one}`, `second on ${two}`]);
    await clock.advance(10_000);
    expect(await second).toEqual({ value: two });
  });

  it("refuses at once the calls that wait and may go nowhere else, each with the reason", async () => {
    const { router, clock, request, serve } = routedWorld([accountTarget("a"), accountTarget("b")]);
    const pin = { accountId: "aaaaaaaaaaaa", by: "a guardrail" };
    void outcome(router.run(request(burst, { pin }), serve()));
    const waiting = outcome(router.run(request(burst, { pin }), serve()));
    await clock.advance(0);

    router.operations.drain("aaaaaaaaaaaa", "on fire");
    const result = await waiting;

    expect(router.load.queued).toBe(0);
    expect(result).toMatchObject({
      error: {
        code: "no-eligible-target",
        reasons: [expect.stringContaining("on fire"), expect.stringContaining("bound")],
      },
    });
  });

  it("gives up the claim of a large call there, which then holds its place elsewhere", async () => {
    const { router, clock, request, started, serve } = routedWorld([accountTarget("a"), accountTarget("b")]);
    const onlyB = request(100).candidates.slice(1);
    await router.run({ ...request(5_000), candidates: onlyB }, async (_, attempt) => attempt.settle({ tokens: 5_000 }));
    void outcome(router.run(request(burst), serve("fills a")));
    void outcome(router.run(request(burst), serve("large")));
    await clock.advance(0);

    router.operations.drain("aaaaaaaaaaaa", undefined);
    await clock.advance(0);
    void outcome(
      router.run(
        { ...request(900), candidates: onlyB.map((each) => ({ ...each, cost: { tokens: 900 } })) },
        serve("small"),
      ),
    );
    await clock.advance(20_000);

    expect(started).toEqual(["fills a", "large", "small"]);
  });

  it("makes those that wait longer, and who is refused meanwhile is told so", async () => {
    const { router, clock, request } = routedWorld([accountTarget("a"), accountTarget("b")]);
    const call = (maxWaitMs: number) => {
      return outcome(router.run(request(5_000, { maxWaitMs }), async (_, { settle }) => settle({ tokens: 5_000 })));
    };
    const retryAfterMs = async (): Promise<number> => {
      const result = await call(0);
      return (result as { error: NoCapacityError }).error.retryAfterMs;
    };
    for (let calls = 0; calls < 12; calls += 1) void call(200_000);
    await clock.advance(0);
    expect(router.load.queued).toBe(10);
    const before = await retryAfterMs();

    router.operations.drain("aaaaaaaaaaaa", undefined);
    const drained = await retryAfterMs();
    router.operations.resume("aaaaaaaaaaaa");

    expect(drained / before).toBeGreaterThan(1.7);
    expect(await retryAfterMs()).toBe(before);
  });

  it("gets no call that had booked room there just before", async () => {
    const { call, drain, clock, ran, router } = open();
    const calls = [call(100), call(100)];

    void drain(one);
    await clock.advance(10_000);

    expect(await Promise.all(calls)).toEqual([{ value: two }, { value: two }]);
    expect(ran).toHaveLength(2);
    expect(free(router.snapshot().quotas)[one]).toBe(60_000);
  });

  it("is told in the events and shown by explain, each with its reason", async () => {
    const { drain, resume, router, candidates, events } = open();

    void drain(one, "an audit");
    const rows = router.explain({ pool: "sonnet", candidates: candidates("sonnet", { tokens: 1 }) });
    resume(one);
    resume(one);

    expect(rows.map(({ rank, reason }) => [rank, reason])).toEqual([
      [1, "has room now"],
      [undefined, `account ${one} is drained: an audit`],
    ]);
    const scope = `account ${one}`;
    expect(events).toMatchObject([
      { kind: "account-drain", scope, accountId: one, reason: "an audit" },
      { kind: "account-resume", scope, accountId: one, reason: "an audit" },
    ]);
  });

  it("must be one of the config", async () => {
    const { drain, resume } = open();
    const error = {
      code: "option-invalid",
      message: expect.stringMatching(new RegExp(`"11111111111l".*${one}.*${two}`)),
    };

    await expect(drain("11111111111l")).rejects.toMatchObject(error);
    expect(() => resume("11111111111l")).toThrow(expect.objectContaining(error));
  });
});

describe("a new config", () => {
  it("serves calls that wait by its accounts, in the order they would have had", async () => {
    const { call, reload, clock, ran } = open(configOf({ accounts: [accountOf(one)] }));
    void call(burst, { name: "runs" });
    const low = call(burst, { name: "low" });
    const high = call(burst, { name: "high", priority: 9 });
    await clock.advance(0);

    reload(parseConfig(configOf({ accounts: [accountOf(two)] })));
    await clock.advance(0);
    expect(ran).toEqual([`runs on ${one}`, `high on ${two}`]);
    await clock.advance(20_000);

    expect(ran).toEqual([`runs on ${one}`, `high on ${two}`, `low on ${two}`]);
    expect(await Promise.all([low, high])).toEqual([{ value: two }, { value: two }]);
  });

  it("lets the bounds of the waiting room change under those who wait: nobody is shed", async () => {
    const { call, reload, clock, router } = open(configOf({ waiting: { maxInFlight: 1 } }));
    const calls = [call(10), call(10), call(10)];
    await clock.advance(0);

    reload(parseConfig(configOf({ waiting: { maxInFlight: 1, maxQueued: 1 } })));
    const refused = await call(10);
    expect(router.load).toEqual({ queued: 2, inFlight: 1 });
    reload(parseConfig(configOf({ waiting: { maxInFlight: 3 } })));
    await clock.advance(0);
    expect(router.load).toEqual({ queued: 0, inFlight: 3 });
    await clock.advance(10_000);

    expect(refused).toMatchObject({ error: { code: "no-capacity" } });
    expect(await Promise.all(calls)).toMatchObject([
      { value: expect.anything() },
      { value: expect.anything() },
      { value: expect.anything() },
    ]);
  });

  it("moves calls of a transport of one's own to those of their targets that stay, or refuses them", async () => {
    const { call, reload, clock } = open(configOf({ waiting: { maxInFlight: 1 } }));
    void call(10);
    const moved = call(10, { isPlannedAnew: false });
    await clock.advance(0);

    reload(parseConfig(configOf({ waiting: { maxInFlight: 1 }, accounts: [accountOf(two)] })));
    await clock.advance(20_000);
    void call(10);
    const lost = call(10, { isPlannedAnew: false });
    await clock.advance(0);
    reload(parseConfig(configOf({ waiting: { maxInFlight: 1 }, accounts: [accountOf(one)] })));

    expect(await moved).toEqual({ value: two });
    expect(await lost).toMatchObject({
      error: { code: "no-eligible-target", reasons: [expect.stringContaining("not in the config any more")] },
    });
  });

  it("keeps what quotas have booked, applies a lower limit at once, and shows no quota that is gone", async () => {
    const { call, reload, clock, router } = open();
    await Promise.all([call(5_000), call(5_000), clock.advance(10_000)]);

    reload(parseConfig(configOf({ accounts: [accountOf(one)] }, 30_000)));
    expect(router.snapshot().quotas).toMatchObject([{ limit: 30_000, booked: 5_000 }]);
    expect(await call(40_000)).toMatchObject({ error: { code: "request-too-large" } });
    reload(parseConfig(configOf()));

    expect(router.snapshot().quotas).toMatchObject([
      { limit: 60_000, booked: 5_000 },
      { limit: 60_000, booked: 5_000 },
    ]);
  });

  it("refuses a waiting call that its limits can never carry", async () => {
    const { call, reload, clock } = open();
    void call(burst);
    void call(burst);
    const waiting = call(burst);
    await clock.advance(0);

    reload(parseConfig(configOf({}, 5_000)));

    expect(await waiting).toMatchObject({ error: { code: "request-too-large" } });
  });

  it("brings back no account that was drained by hand, and drains what it says; resume brings back both", async () => {
    const { drain, resume, reload, router, opened } = open();
    const reasons = () =>
      router
        .explain({ pool: "sonnet", candidates: opened.candidates("sonnet", { tokens: 1 }) })
        .map(({ reason }) => reason);
    void drain(one, "by hand");

    reload(parseConfig(configOf({ accounts: [accountOf(one), accountOf(two, { drained: true })] })));
    expect(reasons()).toEqual([`account ${one} is drained: by hand`, `account ${two} is drained`]);
    resume(one);
    resume(two);

    expect(reasons()).toEqual(["has room now", "has room now"]);
  });

  it("is told in an event with the accounts that came and went, and names itself in those after it", async () => {
    const { reload, events, call, clock } = open();
    const before = (await Promise.all([call(10), clock.advance(10_000)])) && events.at(-1)?.configHash;

    const next = parseConfig(configOf({ accounts: [accountOf(two), accountOf("333333333333")] }));
    reload(next, { reason: "a new account" });

    const event = events.at(-1);
    expect(event).toMatchObject({ kind: "config-reload", scope: "router", added: ["333333333333"], removed: [one] });
    expect(event).toMatchObject({ previousConfigHash: before, reason: "a new account" });
    expect(event?.configHash).not.toBe(before);
  });

  it("that a running router cannot take over says so, and nothing has changed", async () => {
    const { reload, opened, router } = open();
    const { fleet } = opened;

    expect(() => reload(parseConfig(configOf({ windows: { minuteMs: 30_000 } })))).toThrow(ConfigError);
    expect(() => reload(parseConfig(configOf({ windows: { minuteMs: 30_000 } })))).toThrow(
      /windows.minuteMs.*cannot change/,
    );

    expect(opened.fleet).toBe(fleet);
    expect(router.operations.setting.targets).toBeUndefined();
  });
});
