import type { QuotaHost, QuotaSource, QuotaWatch } from "@shardrock/core";
import { driftRules } from "./drift/drift-options.ts";
import { PacedReader } from "./reader/paced-reader.ts";
import { SdkReader } from "./reader/sdk-reader.ts";
import { quotaRules, type QuotaRules, type ServiceQuotasOptions } from "./service-quotas-options.ts";
import { sessionPolicy } from "./session-policy.ts";
import { QuotaWatcher } from "./watch/quota-watcher.ts";

/**
 * Limits that are read, not typed in: quotas of Service Quotas, the models and Regions of inference profiles, and what others
 * use of the accounts as CloudWatch counts it. Everything happens beside the calls; one may serve many clients.
 * @throws {ShardrockError} `option-invalid`.
 * @example
 * const client = new ShardedBedrockRuntime(config, { quotas: serviceQuotas({ file: "/var/lib/app/quotas.json" }) });
 */
export function serviceQuotas(options: ServiceQuotasOptions = {}): QuotaSource {
  const rules = quotaRules(options);
  return { sessionPolicy, watch: (host) => watchWith(host, rules) };
}

function watchWith(host: QuotaHost, rules: QuotaRules): QuotaWatch {
  if (rules.reader !== undefined) return new QuotaWatcher({ host, reader: rules.reader(host), rules });
  const [place] = host.places;
  if (place !== undefined) host.clientOptions(place); // where there is nothing to ask AWS with, it is told now
  const reader = new SdkReader({
    host,
    monitoring: rules.drift && driftRules(rules.drift).monitoring,
    withApplicationProfiles: () => namesApplicationProfiles(host),
  });
  const paced = new PacedReader({ reader, clock: host.clock, random: host.random });
  const watcher = new QuotaWatcher({ host, reader: paced, rules });
  return {
    ready: watcher.ready,
    placesChanged: () => watcher.placesChanged(),
    [Symbol.dispose]: () => {
      watcher[Symbol.dispose]();
      paced[Symbol.dispose]();
    },
  };
}

/** Only where the config serves a model by one of them is it worth asking where they run. */
function namesApplicationProfiles({ config }: QuotaHost): boolean {
  const served = [...config.models.values()].flatMap(({ servedBy }) => servedBy);
  return served.some(({ id }) => id.includes(":application-inference-profile/"));
}
