import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  type ConverseCommandInput,
} from "@aws-sdk/client-bedrock-runtime";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { ShardedBedrockRuntime } from "@shardrock/core";
import { type SimulatedFleet, startSimulatedFleet, type TargetStats } from "@shardrock/simulator";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { accounts, speed } from "./scenario.ts";

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

/** The SDK's clients of one account, its Regions in turn, with the SDK's own retries. */
export async function openOneAccount(): Promise<Side> {
  const fleet = await startSimulatedFleet({ accounts, speed });
  const credentials = await assumeRole(fleet);
  const requestHandler = new NodeHttpHandler({ httpAgent: { maxSockets: 2_000 } });
  const clients = Object.keys(accounts[0].tokensPerMinute).map(
    (region) => new BedrockRuntimeClient({ region, endpoint: fleet.aws.url, credentials, requestHandler }),
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
      requestHandler.destroy();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

async function assumeRole({ aws, config, hostCredentials }: SimulatedFleet): Promise<StaticCredentials> {
  const sts = new STSClient({ region: "us-east-1", endpoint: aws.url, credentials: hostCredentials });
  const [account] = config.accounts;
  const command = new AssumeRoleCommand({
    RoleArn: account?.roleArn,
    ExternalId: account?.externalId,
    RoleSessionName: "one-account",
  });
  const { Credentials } = await sts.send(command);
  sts.destroy();
  if (Credentials?.AccessKeyId === undefined || Credentials.SecretAccessKey === undefined) {
    throw new Error("the simulated STS gave no credentials");
  }
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken = "" } = Credentials;
  return { accessKeyId, secretAccessKey, sessionToken };
}

type StaticCredentials = Exclude<
  BedrockRuntimeClientConfig["credentials"],
  undefined | ((...input: never[]) => unknown)
>;
