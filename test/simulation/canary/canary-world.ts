import { createRoutedFetch, ShardedBedrockRuntime, type ShardrockConfig } from "@shardrock/core";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FaultHook, startSimulatedFleet } from "@shardrock/simulator";
import { canaries } from "./canaries.ts";
import { CapturedOutput } from "./captured-output.ts";
import { type Ends, type Way, ways } from "./ways.ts";
import { openWireTap, type WireTap } from "./wire-tap.ts";

/** A simulated AWS behind a tapped wire, and everything that anybody could log of what its clients do. */
export interface CanaryWorld extends AsyncDisposable {
  readonly captured: CapturedOutput;
  readonly tap: WireTap;
  /** What the next requests meet. */
  readonly faults: { hook: FaultHook | undefined };
  readonly config: ShardrockConfig;
  /** Everything that was thrown. */
  readonly errors: ReadonlySet<unknown>;
  /** A client of its own for some work; its errors, events and snapshots are captured, and its errors returned. */
  readonly withClient: (work: (ends: Ends) => Promise<unknown>, change?: Partial<ShardrockConfig>) => Promise<unknown>;
  /** Every way at once, each with a client of its own; resolves to what each threw. */
  readonly everyWay: (
    change?: Partial<ShardrockConfig>,
    each?: (way: Way, ends: Ends) => Promise<unknown>,
  ) => Promise<unknown[]>;
}

const ids = ["111111111111", "222222222222"];
const region = "us-east-1";
const hostCredentials = {
  accountId: "999999999999",
  accessKeyId: "ASIAHOSTOFCANARIES",
  secretAccessKey: canaries.hostSecret,
  sessionToken: canaries.hostToken,
};
const env = {
  AWS_BEARER_TOKEN_BEDROCK: canaries.bearer,
  AWS_ENDPOINT_URL: `http://${canaries.environmentUrl}.example`,
};
const resources = { pii: ids.map((account) => ({ account, id: `guard-${account}` })) };
const timeouts = { credentialsMs: 2_000, firstEventMs: 600, idleMs: 600, totalMs: 1_500 };

export async function openCanaryWorld(): Promise<CanaryWorld> {
  const faults: CanaryWorld["faults"] = { hook: undefined };
  const perMinute = { inputTokensPerMinute: 4_000_000, outputTokensPerMinute: 4_000_000 };
  const fleet = await startSimulatedFleet({
    accounts: ids.map((id) => ({ id, tokensPerMinute: { [region]: 4_000_000 }, mantle: { [region]: perMinute } })),
    host: hostCredentials,
    guardrails: ids.map((accountId) => ({
      accountId,
      region,
      id: `guard-${accountId}`,
      blockedWords: [canaries.guarded],
    })),
    model: { serviceMs: () => 20, firstTokenMs: 5 },
    fault: (point) => faults.hook?.(point),
  });
  const tap = await openWireTap(fleet.aws.port);
  const endpoints = { bedrockRuntime: tap.url, bedrockMantle: tap.url, sts: tap.url };
  const folder = mkdtempSync(join(tmpdir(), "shardrock-canary-"));
  const state = { file: join(folder, "learned.json") };
  const config = { ...fleet.config, state, endpoints, resources, timeouts, waiting: { maxWaitMs: 300 } };
  const captured = new CapturedOutput();
  const errors = new Set<unknown>();
  let clients = 0;

  const withClient: CanaryWorld["withClient"] = async (work, change = {}) => {
    const client = new ShardedBedrockRuntime({ ...config, ...change }, { hostCredentials, env });
    captured.hearEventsOf(client);
    const routedFetch = createRoutedFetch(client);
    const onErrorAnswer = (shown: unknown): void => captured.look("fetch answer", shown);
    try {
      await work({ client, routedFetch, onErrorAnswer });
      return undefined;
    } catch (error) {
      captured.look("error", error);
      errors.add(error);
      return error;
    } finally {
      // They are large, and differ little from client to client.
      if (clients++ % 5 === 0) captured.lookAtSnapshot(client, routedFetch);
      client.destroy();
      captured.look("state file", readFileSync(state.file, "utf8"));
    }
  };
  return {
    captured,
    tap,
    faults,
    config,
    errors,
    withClient,
    everyWay: (change, each = (way, ends) => way(ends)) =>
      Promise.all(Object.values(ways).map((way) => withClient((ends) => each(way, ends), change))),
    async [Symbol.asyncDispose]() {
      captured[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
      await tap[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}
