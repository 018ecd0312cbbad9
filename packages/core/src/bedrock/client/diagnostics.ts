import { channel } from "node:diagnostics_channel";
import type { Router } from "../../routing/router.ts";
import type { RouterEvent } from "../../routing/router-event.ts";

const channels = {
  "attempt-end": channel("shardrock:attempt-end"),
  "call-end": channel("shardrock:call-end"),
  "account-drain": channel("shardrock:account-drain"),
  "account-resume": channel("shardrock:account-resume"),
  "config-reload": channel("shardrock:config-reload"),
  "router-close": channel("shardrock:router-close"),
  "health-change": channel("shardrock:health-change"),
  "quota-change": channel("shardrock:quota-change"),
  "ledger-change": channel("shardrock:ledger-change"),
  warning: channel("shardrock:warning"),
} as const satisfies Record<RouterEvent["kind"], unknown>;

/**
 * Publishes a router's events on `node:diagnostics_channel`, so that whoever watches a whole process needs no client:
 * channels `shardrock:attempt-end`, `shardrock:call-end`, `shardrock:warning` and one for each other kind of event, as
 * `onEvent` has it. An event is made only while somebody subscribes; who subscribes late misses the warnings before.
 *
 * Calls are not harmed by a subscriber that throws, but the process may be: Node raises it as an uncaught exception.
 * Source: Node.js docs, "Diagnostics Channel", `channel.publish` (read 2026-11-22).
 */
export function publishDiagnostics(router: Router): Disposable {
  return router.onEvent(
    (event) => channels[event.kind].publish(event),
    (kind) => channels[kind].hasSubscribers,
  );
}
