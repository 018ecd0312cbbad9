import { type Config, type HostCredentials, type QuotaHost, ShardedBedrockRuntime } from "@shardrock/core";
import type { Finding } from "./finding.ts";

export interface LookingOptions {
  /** Session policy, as JSON text: what looking takes, and nothing else. */
  readonly policy: string;
  readonly hostCredentials?: HostCredentials | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The router's own client, opened to look and not to call. Disposing it wipes its sessions and closes its sockets. */
export interface LookingClient extends Disposable {
  readonly host: QuotaHost;
  /** Variables that are set and have no effect. */
  readonly environment: readonly Finding[];
}

/**
 * Opens the client a router of this config would be, so that roles are assumed and checked by the same code: drained accounts
 * too, by sessions that may only look, with what STS says left in errors, and without the file of what was learned.
 * @throws {ConfigError} `config-invalid`.
 */
export function openLookingClient(config: Config, { policy, hostCredentials, env }: LookingOptions): LookingClient {
  const hosts: QuotaHost[] = [];
  const looking: Config = {
    ...config,
    accounts: config.accounts.map((account) => ({ ...account, drained: false })),
    errors: { ...config.errors, includeProviderMessage: true },
    state: undefined,
  };
  const client = new ShardedBedrockRuntime(looking, {
    ...(hostCredentials !== undefined && { hostCredentials }),
    ...(env !== undefined && { env }),
    quotas: {
      sessionPolicy: policy,
      watch: (host) => {
        hosts.push(host);
        return { ready: Promise.resolve(), placesChanged: () => {}, [Symbol.dispose]: () => {} };
      },
    },
  });
  const environment: Finding[] = [];
  client.onEvent((event) => {
    if (event.kind !== "warning" || !event.code.startsWith("environment:")) return;
    const fix = "unset it, lest somebody believes it works";
    environment.push({ severity: "warning", check: "environment", message: event.message, fix });
  });
  const [host] = hosts;
  if (host === undefined) throw new Error("the client opened no watch of its quotas");
  return { host, environment, [Symbol.dispose]: () => client.destroy() };
}
