import type { MonitoringRole, QuotaHost } from "@shardrock/core";
import type { AwsReader } from "./aws-reader.ts";
import { PacedReader } from "./paced-reader.ts";
import { SdkReader } from "./sdk-reader.ts";

export interface PacedAwsOptions {
  /** Asks in its own account, which need not be in the config. */
  readonly monitoring?: MonitoringRole | undefined;
}

/**
 * What `serviceQuotas()` asks unless told otherwise: AWS by its own clients, at the rates it publishes, in real time. For a
 * `reader` that wraps it; whoever made it disposes it.
 * @throws {ShardrockError} `option-invalid` where the router has no roles to ask AWS with.
 */
export function pacedAws(host: QuotaHost, { monitoring }: PacedAwsOptions = {}): AwsReader & Disposable {
  const [place] = host.places;
  if (place !== undefined) host.clientOptions(place); // where there is nothing to ask AWS with, it is told now
  const withApplicationProfiles = (): boolean => namesApplicationProfiles(host);
  const reader = new SdkReader({ host, monitoring, withApplicationProfiles });
  return new PacedReader({ reader, clock: host.clock, random: host.random });
}

/** Only where the config serves a model by one of them is it worth asking where they run. */
function namesApplicationProfiles({ config }: QuotaHost): boolean {
  const served = [...config.models.values()].flatMap(({ servedBy }) => servedBy);
  return served.some(({ id }) => id.includes(":application-inference-profile/"));
}
