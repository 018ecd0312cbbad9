import {
  type OpenRouter,
  openRouter,
  parseConfig,
  type RouterEvent,
  seededRandom,
  type ShardrockConfig,
} from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outcome } from "../routing/routed-world.ts";

const ids = ["111111111111", "222222222222", "333333333333"] as const;
const modelId = "us.anthropic.claude-sonnet-4-6";

interface Fleet {
  readonly accounts: readonly string[];
  readonly drained: readonly string[];
  readonly tokensPerMinute: number;
  readonly maxQueued: number;
  readonly maxAccountShare: number;
}

const fleet: fc.Arbitrary<Fleet> = fc.record({
  accounts: fc.subarray([...ids], { minLength: 1 }),
  drained: fc.subarray([...ids], { maxLength: 1 }),
  tokensPerMinute: fc.constantFrom(5_000, 20_000, 60_000),
  maxQueued: fc.constantFrom(1, 1_000),
  maxAccountShare: fc.constantFrom(1, 0.5, 0.6),
});

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("call" as const), ...callParts() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("drain" as const), account: fc.constantFrom(...ids) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("resume" as const), account: fc.constantFrom(...ids) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reload" as const), fleet }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 15_000 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("turns" as const), turns: fc.integer({ min: 1, max: 6 }) }) },
);

function callParts() {
  return {
    tokens: fc.integer({ min: 1, max: 8_000 }),
    priority: fc.integer({ min: 0, max: 2 }),
    tenant: fc.constantFrom("one", "two"),
    lastsMs: fc.integer({ min: 0, max: 20_000 }),
    usedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    isThrottled: fc.boolean(),
    isPlannedAnew: fc.boolean(),
    abortsAfterMs: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
  };
}

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type CallStep = Extract<Step, { readonly kind: "call" }>;

function configOf({ accounts, drained, tokensPerMinute, maxQueued, maxAccountShare }: Fleet): ShardrockConfig {
  const overrides = accounts.slice(0, 1).map((account) => ({ account, tokensPerMinute: 5 * tokensPerMinute }));
  return {
    accounts: accounts.map((id) => ({
      id,
      roleArn: `arn:aws:iam::${id}:role/shardrock`,
      trust: "same-org" as const,
      regions: ["us-east-1"],
      drained: drained.includes(id),
    })),
    models: {
      sonnet: { servedBy: [{ id: modelId, destinations: ["us-east-1"] }], quotas: { tokensPerMinute, overrides } },
    },
    residency: { allowedRegions: ["us-east-1"] },
    tenants: { one: { weight: tokensPerMinute / 1_000, guaranteed: drained.length / 4 } },
    waiting: { maxQueued, maxWaitMs: 60_000 },
    maxAccountShare: accounts.length > 1 ? maxAccountShare : 1,
  };
}

/** What must never be, kept beside the router and simpler than it: which accounts take calls now. */
class World {
  readonly clock = new VirtualClock();
  readonly events: RouterEvent[] = [];
  readonly ended: Promise<unknown>[] = [];
  readonly wrongStarts: string[] = [];
  readonly opened: OpenRouter;
  #pending = 0;
  #running = 0;
  #byHand = new Set<string>();
  #fleet: Fleet;

  constructor(first: Fleet) {
    this.#fleet = first;
    const config = parseConfig(configOf(first));
    this.opened = openRouter(config, { clock: this.clock, random: seededRandom(1) });
    this.opened.router.onEvent((event) => this.events.push(event));
  }

  async do(one: Step): Promise<void> {
    switch (one.kind) {
      case "call":
        return this.#call(one);
      case "drain":
        this.ended.push(this.opened.drain(one.account, "by chance").catch(() => undefined));
        if (this.#fleet.accounts.includes(one.account)) this.#byHand.add(one.account);
        return;
      case "resume":
        return this.#resume(one.account);
      case "reload":
        return this.#reload(one.fleet);
      case "wait":
        await this.clock.advance(one.ms);
        return this.#forgetNobody();
      case "turns":
        for (let turn = 0; turn < one.turns; turn += 1) await Promise.resolve();
        return;
      default:
        return one satisfies never;
    }
  }

  /** Who neither runs nor has ended waits. */
  #forgetNobody(): void {
    const { queued, inFlight } = this.opened.router.load;
    expect({ queued, inFlight }).toEqual({ queued: this.#pending - this.#running, inFlight: this.#running });
  }

  #resume(account: string): void {
    if (!this.#fleet.accounts.includes(account)) return;
    this.opened.resume(account);
    this.#byHand.delete(account);
    this.#fleet = { ...this.#fleet, drained: this.#fleet.drained.filter((id) => id !== account) };
  }

  #reload(next: Fleet): void {
    this.opened.reload(parseConfig(configOf(next)));
    this.#byHand = new Set([...this.#byHand].filter((id) => next.accounts.includes(id)));
    this.#fleet = next;
  }

  #takesCalls(account: string): boolean {
    const { accounts, drained } = this.#fleet;
    return accounts.includes(account) && !drained.includes(account) && !this.#byHand.has(account);
  }

  #call({ tokens, priority, tenant, lastsMs, usedShare, isThrottled, isPlannedAnew, abortsAfterMs }: CallStep): void {
    const { clock, opened } = this;
    const caller = new AbortController();
    if (abortsAfterMs !== undefined) clock.timer(abortsAfterMs, () => caller.abort(new Error("enough")));
    const request = () => ({
      pool: "sonnet",
      candidates: opened.candidates("sonnet", { requests: 1, tokens }),
      priority,
      tenant,
      signal: caller.signal,
    });
    const running = opened.router.run(
      request(),
      async ({ accountId }, attempt) => {
        if (!this.#takesCalls(accountId)) this.wrongStarts.push(accountId);
        this.#running += 1;
        await clock.sleep(lastsMs, attempt.signal).finally(() => (this.#running -= 1));
        if (isThrottled && attempt.attempt === 1) {
          throw Object.assign(new Error("slow down"), { name: "ThrottlingException" });
        }
        attempt.settle({ requests: 1, tokens: Math.round(tokens * usedShare) });
      },
      isPlannedAnew ? request : undefined,
    );
    this.#pending += 1;
    this.ended.push(outcome(running).then(() => (this.#pending -= 1)));
  }
}

describe("drains, resumes and reloads at any time", () => {
  it("lose no call, send none to an account that is out, end each once and leave nothing open", async () => {
    let started = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fleet, fc.array(step, { minLength: 1, maxLength: 60, size: "max" }), async (first, steps) => {
        const world = new World(first);
        for (const one of steps) await world.do(one);

        await world.clock.advance(300_000);
        await Promise.all(world.ended);

        const calls = steps.filter(({ kind }) => kind === "call").length;
        const ends = world.events.filter((event) => event.kind === "call-end");
        expect(world.wrongStarts).toEqual([]);
        expect(ends.map(({ callId }) => callId).toSorted((one, other) => one - other)).toEqual(
          Array.from({ length: calls }, (_, index) => index + 1),
        );
        expect(world.opened.router.load).toEqual({ queued: 0, inFlight: 0 });
        for (const { open } of world.opened.router.snapshot().quotas) expect(open).toBe(0);
        started += ends.filter(({ outcome: how }) => how === "ok").length;
        refused += ends.filter(({ errorCode }) => errorCode === "no-eligible-target").length;
      }),
      { numRuns: 300, seed: 20_261_123 },
    );
    // A property of nothing proves nothing.
    expect(started).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(20);
  });
});
