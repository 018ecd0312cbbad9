import { type RouterEvent, ShardedBedrockRuntime } from "@shardrock/core";
import { startSimulatedFleet } from "@shardrock/simulator";
import { expect, it } from "vitest";

const accounts = ["111111111111", "222222222222", "333333333333"].map((id) => ({
  id,
  tokensPerMinute: { "us-east-1": 5_000_000 },
}));
const [drained = ""] = accounts.map(({ id }) => id);
const input = {
  modelId: "chat",
  messages: [{ role: "user" as const, content: [{ text: "How many quotas does a bank need?" }] }],
  inferenceConfig: { maxTokens: 50 },
};

/** Calls one after the other, every other one a stream, until told to stop; what they threw, and how many were served. */
function keepCalling(client: ShardedBedrockRuntime) {
  const errors: unknown[] = [];
  let served = 0;
  const stopping = new AbortController();
  const one = async (isStream: boolean): Promise<void> => {
    if (!isStream) return void (await client.converse(input));
    const { stream } = await client.converseStream(input);
    for await (const _event of stream ?? []);
  };
  const many = async (_: unknown, place: number): Promise<void> => {
    while (!stopping.signal.aborted) {
      await one(place % 2 === 0).then(
        () => (served += 1),
        (error: unknown) => errors.push(error),
      );
    }
  };
  const running = Promise.all(Array.from({ length: 24 }, many));
  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
  };
  return { errors, stop, served: () => served };
}

it("an account drained under load over sockets fails no call and gets none, until it is resumed", async () => {
  await using fleet = await startSimulatedFleet({ accounts, speed: 20 });
  await using client = new ShardedBedrockRuntime(fleet.config, { hostCredentials: fleet.hostCredentials });
  const events: RouterEvent[] = [];
  client.onEvent((event) => events.push(event));
  const arrived: string[] = [];
  fleet.aws.onRecord(({ accountId }) => void arrived.push(accountId));
  const load = keepCalling(client);
  const more = async (calls: number): Promise<void> => {
    const until = load.served() + calls;
    await expect.poll(() => load.served(), { interval: 5, timeout: 20_000 }).toBeGreaterThanOrEqual(until);
  };
  await more(100);
  const sessionsBefore = fleet.aws.sessions().length;

  await client.drain(drained, "its role is being replaced");
  await more(24); // the simulator notes a call when the last byte has left, which may be after its client has it
  const before = arrived.length;
  await more(100);
  const meanwhile = arrived.slice(before);
  client.resume(drained);
  await more(100);
  await load.stop();

  expect(load.errors).toEqual([]);
  expect(arrived.slice(0, before)).toContain(drained);
  expect(meanwhile.length).toBeGreaterThan(50);
  expect(meanwhile).not.toContain(drained);
  expect(arrived.slice(before + meanwhile.length)).toContain(drained);
  expect(fleet.aws.sessions().length, "a session of its own after the credentials were wiped").toBe(sessionsBefore + 1);
  expect(events.filter((event) => event.kind === "call-end" && event.outcome !== "ok")).toEqual([]);
  expect(client.snapshot().quotas.map(({ open }) => open)).toEqual(accounts.map(() => 0));
}, 60_000);
