import { Bedrock } from "@aws-sdk/client-bedrock";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { ServiceQuotas } from "@aws-sdk/client-service-quotas";
import { type Clock, systemClock } from "@shardrock/core";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { SimulatedAws, SimulatedAwsOptions } from "../simulated-aws.ts";
import { host, region, type Signer, startRig } from "../sockets.test.kit.ts";

/** Stands still but for what it is moved; its time of day is the machine's, or no signature would be right. */
export class StillClock implements Clock {
  #nowMs = 1_000;

  move(ms: number): void {
    this.#nowMs += ms;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return systemClock.epochMs();
  }

  timer(ms: number, callback: () => void): Disposable {
    return systemClock.timer(ms, callback);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
}

/** A simulated AWS with clients of what it tells of accounts. */
export interface ControlRig extends AsyncDisposable {
  readonly aws: SimulatedAws;
  readonly clock: StillClock;
  quotas(signer?: Signer): ServiceQuotas;
  bedrock(signer?: Signer): Bedrock;
  cloudWatch(signer?: Signer): CloudWatch;
}

export async function startControlRig(
  options: Partial<SimulatedAwsOptions> & { readonly clock?: StillClock } = {},
): Promise<ControlRig> {
  const { clock = new StillClock() } = options;
  const rig = await startRig({ ...options, clock });
  const requestHandler = new NodeHttpHandler();
  const clientOptions = (credentials: Signer): object => {
    const scheme = { authSchemePreference: ["sigv4"] };
    return { endpoint: rig.aws.url, region, credentials, maxAttempts: 1, requestHandler, ...scheme };
  };
  return {
    aws: rig.aws,
    clock,
    quotas: (signer = host) => new ServiceQuotas(clientOptions(signer)),
    bedrock: (signer = host) => new Bedrock(clientOptions(signer)),
    cloudWatch: (signer = host) => new CloudWatch(clientOptions(signer)),
    async [Symbol.asyncDispose]() {
      requestHandler.destroy();
      await rig[Symbol.asyncDispose]();
    },
  };
}
