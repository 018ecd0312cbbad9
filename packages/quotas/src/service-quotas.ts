import type { QuotaHost, QuotaSource, QuotaWatch } from "@shardrock/core";
import { driftRules } from "./drift/drift-options.ts";
import { pacedAws } from "./reader/paced-aws.ts";
import { quotaRules, type QuotaRules, type ServiceQuotasOptions } from "./service-quotas-options.ts";
import { sessionPolicy } from "./session-policy.ts";
import { QuotaWatcher } from "./watch/quota-watcher.ts";

/**
 * Limits that are read, not typed in: quotas of Service Quotas, the models and Regions of inference profiles, and what others
 * use of the accounts as CloudWatch counts it. Everything happens beside the calls; one may serve many clients,
 * but for its `file`: each client needs one of its own.
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
  const reader = pacedAws(host, { monitoring: rules.drift && driftRules(rules.drift).monitoring });
  const watcher = new QuotaWatcher({ host, reader, rules });
  return {
    ready: watcher.ready,
    placesChanged: () => watcher.placesChanged(),
    [Symbol.dispose]: () => {
      watcher[Symbol.dispose]();
      reader[Symbol.dispose]();
    },
  };
}
