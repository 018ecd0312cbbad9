import type { QuotaHost, QuotaSource } from "@shardrock/core";
import { type AwsReader, serviceQuotas } from "@shardrock/quotas";
import { consumerShare, type Contender, indexOf, minuteMs, sharedTargets, size, timeline } from "./scene.ts";

/** Where a contender learns of others' use; undefined: nowhere. */
export function sourceOf(contender: Contender, reader: AwsReader, scale: number): QuotaSource | undefined {
  switch (contender) {
    case "drift":
      return serviceQuotas({ reader: () => reader });
    case "truth":
      return watching((host) => isTold(host, scale));
    case "learning":
    case "told":
      return undefined;
    default:
      return contender satisfies never;
  }
}

function watching(watch: (host: QuotaHost) => void): QuotaSource {
  return {
    sessionPolicy: "{}",
    watch(host) {
      watch(host);
      return { ready: Promise.resolve(), placesChanged: () => undefined, [Symbol.dispose]: () => undefined };
    },
  };
}

/** Knows the second the consumer comes and leaves, and what it takes. */
function isTold(host: QuotaHost, scale: number): void {
  const { targets = [] } = host.fleet.models.values().next().value ?? {};
  const tell = (share: number): void => {
    for (const target of targets) {
      const index = indexOf(target);
      const [quota] = target.quotas;
      const isShared = sharedTargets.some((shared) => shared === index);
      if (isShared && quota !== undefined) {
        host.setForeignUse(quota.key, share * scale * (size.tokensPerMinute[index] ?? 0));
      }
    }
  };
  host.clock.timer(timeline.comes * minuteMs, () => tell(consumerShare));
  host.clock.timer(timeline.leaves * minuteMs, () => tell(0));
}
