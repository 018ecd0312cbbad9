import { BedrockRuntimeClient, ConverseCommand, type ConverseCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { ShardedBedrockRuntime, ShardrockError } from "@shardrock/core";
import { startSimulatedFleet, type TargetStats } from "@shardrock/simulator";
import { accounts, speed } from "./demo-scenario.ts";

/** One way of calling, with a simulated AWS of its own so that the two do not share quotas. */
export interface Side extends AsyncDisposable {
  readonly title: string;
  /** Serves a call, or rejects. */
  send(input: Omit<ConverseCommandInput, "modelId">): Promise<unknown>;
  /** What AWS counted, by account and Region. */
  targets(): readonly TargetStats[];
}

/** This library over all accounts. */
export async function openShardrock(): Promise<Side> {
  const fleet = await startSimulatedFleet({ accounts, speed });
  const client = new ShardedBedrockRuntime(fleet.config, { hostCredentials: fleet.hostCredentials });
  return {
    title: "Shardrock, four accounts",
    send: (input) => client.send(new ConverseCommand({ ...input, modelId: "chat" })),
    targets: () => fleet.aws.stats().targets,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

/** The SDK's own fifty would hold calls back before any quota does. */
const manySockets = { httpAgent: { maxSockets: 2_000 } };

/** The SDK's clients of one account, its Regions in turn, with the SDK's own retries. */
export async function openOneAccount(): Promise<Side> {
  const fleet = await startSimulatedFleet({ accounts, speed });
  const credentials = fleet.accountCredentials.get(accounts[0].id);
  if (credentials === undefined)
    throw new ShardrockError("credentials-unavailable", "the simulated AWS gave the account no keys");
  const clients = Object.keys(accounts[0].tokensPerMinute).map(
    (region) => new BedrockRuntimeClient({ region, endpoint: fleet.aws.url, credentials, requestHandler: manySockets }),
  );
  let turn = 0;
  return {
    title: "one account, SDK retries",
    async send(input) {
      turn += 1;
      return clients[turn % clients.length]?.send(new ConverseCommand({ ...input, modelId: fleet.modelId }));
    },
    targets: () => fleet.aws.stats().targets,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await fleet[Symbol.asyncDispose]();
    },
  };
}
