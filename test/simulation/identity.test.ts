import { type Clock, servedBy, ShardedBedrockRuntime, type ShardrockConfig, systemClock } from "@shardrock/core";
import { type FaultHook, type FaultPoint, type SimulatedFleet, startSimulatedFleet } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";

const [one, other] = ["111111111111", "222222222222"];
const minuteMs = 60_000;
const input = {
  modelId: "chat",
  messages: [{ role: "user" as const, content: [{ text: "How long does a session last?" }] }],
  inferenceConfig: { maxTokens: 10 },
};
const stsDown = { kind: "error", status: 500, type: "InternalFailure", message: "down" } as const;
const denied = { kind: "error", status: 403, type: "AccessDenied", message: "not authorized" } as const;

interface World extends AsyncDisposable {
  readonly fleet: SimulatedFleet;
  readonly client: ShardedBedrockRuntime;
  /** Questions to STS so far, such as `AssumeRole 111111111111`. */
  readonly asked: readonly string[];
  readonly faults: { hook: FaultHook | undefined };
  /** Lets time pass for the client alone. */
  readonly later: (ms: number) => void;
}

/** The real client over real sockets to a simulated AWS, on a clock that can be moved on. */
async function open(accountIds: readonly string[], change: Partial<ShardrockConfig> = {}): Promise<World> {
  const faults: World["faults"] = { hook: undefined };
  const asked: string[] = [];
  const fault = (point: FaultPoint) => {
    if (point.modelId === undefined) asked.push(`${point.operation} ${point.accountId}`);
    return faults.hook?.(point);
  };
  const fleet = await startSimulatedFleet({
    accounts: accountIds.map((id) => ({ id, tokensPerMinute: { "us-east-1": 2_000_000, "us-west-2": 2_000_000 } })),
    model: { serviceMs: () => 5, firstTokenMs: 1 },
    fault,
  });
  let passedMs = 0;
  const clock: Clock = {
    ...systemClock,
    // The wall clock stays, as the one of the simulated AWS and of the SDK does.
    monotonicMs: () => systemClock.monotonicMs() + passedMs,
  };
  const { hostCredentials } = fleet;
  const client = new ShardedBedrockRuntime({ ...fleet.config, ...change }, { hostCredentials, clock });
  return {
    fleet,
    client,
    asked,
    faults,
    later: (ms) => void (passedMs += ms),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

function onSts(fault: ReturnType<FaultHook>, accountId?: string): FaultHook {
  return (point) =>
    point.modelId === undefined && (accountId === undefined || point.accountId === accountId) ? fault : undefined;
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("identity over sockets", () => {
  it("asks every account's STS for one session and whose it is, whatever the load", async () => {
    await using world = await open([one, other]);

    await Promise.all(Array.from({ length: 60 }, () => world.client.converse(input)));

    const questions = [one, other].flatMap((id) => [`AssumeRole ${id}`, `GetCallerIdentity ${id}`]);
    expect(world.asked.toSorted()).toEqual(questions.toSorted());
  });

  it("goes on with the sessions at hand until their end when STS is down, and comes back with it", async () => {
    await using world = await open([one]);
    await world.client.converse(input);
    world.faults.hook = onSts(stsDown);

    for (const passMs of [35 * minuteMs, 20 * minuteMs, 4 * minuteMs]) {
      world.later(passMs);
      expect(servedBy(await world.client.converse(input))?.accountId).toBe(one);
    }
    await expect
      .poll(() => world.asked.filter((question) => question === `AssumeRole ${one}`).length)
      .toBeGreaterThan(3);
    world.later(minuteMs);
    const error = await errorOf(world.client.converse(input));
    world.faults.hook = undefined;
    world.later(30 * minuteMs);

    expect(error).toMatchObject({ code: "credentials-unavailable", cause: { name: "InternalFailure" } });
    expect(servedBy(await world.client.converse(input))?.accountId).toBe(one);
  });

  it("does without an account that gets no session, and says so when none is left", async () => {
    await using world = await open([one, other]);
    world.faults.hook = onSts(denied, one);

    const answers = await Promise.all(Array.from({ length: 40 }, () => world.client.converse(input)));
    expect(new Set(answers.map((answer) => servedBy(answer)?.accountId))).toEqual(new Set([other]));
    expect(world.asked.filter((question) => question === `AssumeRole ${one}`)).toHaveLength(1);

    await using alone = await open([one]);
    alone.faults.hook = onSts(denied);
    const error = await errorOf(alone.client.converse(input));
    expect(error).toMatchObject({ code: "credentials-unavailable", cause: { name: "AccessDenied" } });
    expect(String(error)).not.toContain("external-");
  });

  it("does not use a session that cannot say whose it is", async () => {
    await using world = await open([one, other]);
    world.faults.hook = ({ operation, accountId }) =>
      operation === "GetCallerIdentity" && accountId === one ? denied : undefined;

    const answers = await Promise.all(Array.from({ length: 40 }, () => world.client.converse(input)));

    expect(new Set(answers.map((answer) => servedBy(answer)?.accountId))).toEqual(new Set([other]));
  });

  it.each(["AssumeRole", "GetCallerIdentity"])(
    "lets no call wait beyond its deadline for an STS that hangs at %s",
    async (hanging) => {
      await using world = await open([one], { timeouts: { credentialsMs: 600_000, totalMs: 300 } });
      world.faults.hook = ({ operation }) => (operation === hanging ? { kind: "hang" } : undefined);
      const controller = new AbortController();

      const byCaller = errorOf(world.client.converse(input, { abortSignal: controller.signal }));
      const byTotal = errorOf(world.client.converse(input));
      await expect.poll(() => world.asked.some((question) => question.startsWith(hanging))).toBe(true);
      controller.abort(new Error("enough"));

      expect(await byCaller).toMatchObject({ name: "AbortError", cause: new Error("enough") });
      expect(await byTotal).toMatchObject({ code: "timeout" });
    },
  );

  it("lets no call wait beyond the time for credentials", async () => {
    await using world = await open([one], { timeouts: { credentialsMs: 250 } });
    world.faults.hook = onSts({ kind: "hang" });

    expect(await errorOf(world.client.converse(input))).toMatchObject({ code: "credentials-unavailable" });
  });

  it("lets no call wait beyond its deadline for credentials of the host that never come", async () => {
    await using world = await open([one]);
    const config = { ...world.fleet.config, timeouts: { credentialsMs: 600_000 } };
    const client = new ShardedBedrockRuntime(config, { hostCredentials: () => new Promise(() => undefined) });
    const controller = new AbortController();

    const waiting = errorOf(client.converse(input, { abortSignal: controller.signal }));
    controller.abort(new Error("enough"));

    expect(await waiting).toMatchObject({ name: "AbortError" });
    expect(world.asked).toEqual([]);
    client.destroy();
  });
});
