import { createRoutedFetch, type RouterEvent, ShardedBedrockRuntime } from "@shardrock/core";
import { type AnsweredRequest, type FaultHook, type SimulatedFleet, startSimulatedFleet } from "@shardrock/simulator";
import { expect } from "vitest";

type Ended = Extract<RouterEvent, { readonly kind: "attempt-end" }>;

/** A simulated AWS of two accounts, the client over it, and its routed fetch. */
export interface RoutedWorld extends AsyncDisposable {
  readonly fleet: SimulatedFleet;
  readonly client: ShardedBedrockRuntime;
  readonly fetch: typeof fetch;
  /** Attempts that have ended, in that order. */
  readonly ended: readonly Ended[];
  /** The tokens AWS charged for the last call that ended there. */
  charged(): Pick<AnsweredRequest, "inputTokens" | "outputTokens">;
}

export async function openWorld(
  options: { readonly fault?: FaultHook; readonly speed?: number } = {},
): Promise<RoutedWorld> {
  const fleet = await startSimulatedFleet({
    accounts: [
      { id: "111111111111", tokensPerMinute: { "us-east-1": 4_000_000 } },
      { id: "222222222222", tokensPerMinute: { "us-west-2": 4_000_000 } },
    ],
    speed: options.speed ?? 200,
    ...(options.fault && { fault: options.fault }),
  });
  const client = new ShardedBedrockRuntime(fleet.config, { hostCredentials: fleet.hostCredentials });
  const ended: Ended[] = [];
  let last: AnsweredRequest | undefined;
  fleet.aws.onRecord((request) => void (last = request));
  client.onEvent((event) => void (event.kind === "attempt-end" && ended.push(event)));
  return {
    fleet,
    client,
    fetch: createRoutedFetch(client),
    ended,
    charged() {
      if (last === undefined) throw new Error("no call has ended");
      return last;
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

/** The first call of the model is throttled, wherever it goes. */
export function firstThrottled(): FaultHook {
  let isFirst = true;
  return ({ modelId }) => {
    if (modelId === undefined || !isFirst) return undefined;
    isFirst = false;
    return {
      kind: "error",
      status: 429,
      type: "ThrottlingException",
      message: "Too many tokens, please wait before trying again.",
    };
  };
}

/** What the client booked as used is what AWS charged, call by call, and no signature but ours came. */
export function expectSettled({ fleet, ended }: RoutedWorld, served: number): void {
  const { targets, refusedByAuth } = fleet.aws.stats();
  expect(refusedByAuth).toEqual({});
  expect(targets.reduce((sum, target) => sum + target.served, 0)).toBe(served);
  expect(ended.filter(({ booking }) => booking === "settled")).toHaveLength(served);
}

/** All that a stream gives. */
export async function all<T>(stream: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
