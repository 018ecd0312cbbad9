import {
  type Attempt,
  type AttemptCall,
  type AttemptEnd,
  type CallEnd,
  type CallRequest,
  seededRandom,
  type Target,
} from "@shardrock/core";
import { failover, type FailoverOptions } from "@shardrock/failover";
import { VirtualClock } from "@shardrock/simulator";
import { Failure, outcome, routedWorld, type WorldOptions } from "./routed-world.ts";

/** What a target does with every call: answers after so long, or never and only hears that it is broken off. */
export interface Manner {
  readonly afterMs?: number;
  readonly verdict?: Failure["verdict"];
  readonly isStream?: boolean;
}

const usual: Manner = { afterMs: 500 };

/** Never answers. */
export const never: Manner = { afterMs: Number.POSITIVE_INFINITY };

/** A router with the failover, over targets that each have their manner, which can be changed. A call takes 100 tokens. */
export function manneredWorld(
  targets: readonly Target[],
  options: FailoverOptions & { readonly clock?: VirtualClock; readonly router?: WorldOptions } = {},
) {
  const { router: change = {}, clock = new VirtualClock(), ...failoverOptions } = options;
  const parts = { clock, random: seededRandom(1) };
  const made = failover(failoverOptions);
  const routed = routedWorld(targets, {
    limit: 6_000_000,
    ...parts,
    policy: made.policy(parts),
    health: made.health(parts),
    ...change,
  });
  const manners = new Map<Target, Manner>();
  const sent: { readonly id: string; readonly atMs: number; readonly call: AttemptCall }[] = [];
  const attempt: Attempt<string> = (target, call) => {
    sent.push({ id: target.id, atMs: clock.monotonicMs(), call });
    const { afterMs = Number.POSITIVE_INFINITY, verdict, isStream = false } = manners.get(target) ?? usual;
    let isCommitted = false;
    return new Promise((resolve, reject) => {
      // As a stream does that breaks: once it has begun to answer, its attempt is over.
      call.onStop?.((reason) => {
        if (isCommitted) call.fail(reason);
        reject(reason);
      });
      call.signal.addEventListener("abort", () => reject(new Failure({ kind: "aborted" })), { once: true });
      if (afterMs === Number.POSITIVE_INFINITY) return;
      clock.timer(afterMs, () => {
        if (verdict !== undefined) return reject(new Failure(verdict));
        isCommitted = isStream;
        if (isStream) call.commit();
        else call.settle({ requests: 1, tokens: 100 });
        resolve(target.id);
      });
    });
  };
  const run = (change: Partial<CallRequest> = {}) =>
    outcome(routed.router.run(routed.request(100, { affinityKey: "k", ...change }), attempt));
  /** The affinity key of all calls is at home there from now on. */
  const home = async (target: Target): Promise<void> => {
    for (const each of targets)
      if (each !== target) manners.set(each, { verdict: { kind: "unreachable" }, afterMs: 0 });
    const first = run();
    await clock.advance(1_000);
    await first;
    manners.clear();
    await clock.advance(60_000);
    sent.length = 0;
    routed.events.length = 0;
  };
  const attempts = () => routed.events.filter((event): event is AttemptEnd => event.kind === "attempt-end");
  const calls = () => routed.events.filter((event): event is CallEnd => event.kind === "call-end");
  return { ...routed, clock, manners, sent, run, home, attempts, calls };
}
