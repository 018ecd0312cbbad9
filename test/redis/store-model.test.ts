import fc from "fast-check";
import { expect, it, vi } from "vitest";
import type { Gate } from "../../packages/core/src/budget/gate.ts";
import { LearnedLimit } from "../../packages/core/src/budget/learned-limit.ts";
import { MemoryLimits } from "../../packages/core/src/budget/memory-limits.ts";
import { MinuteBook } from "../../packages/core/src/budget/minute-book.ts";
import type { MinuteEntry } from "../../packages/core/src/budget/minute-entry.ts";
import type { Ask, Booked, StoredGate } from "../../packages/redis/src/store/book-store.ts";
import { ask, endingOf, open } from "./kit/asking.ts";
import { describeWithRedis } from "./kit/describe-with-redis.ts";
import { beginUs, gateOf, minuteUs, type StoreWorld, storeWorld } from "./kit/store-world.ts";

const limit = 100;
const missingUs = 17_000_000;
const keys = ["a", "b", "c"] as const;
/** When the clock of the book in memory was at 0: whole windows before, so that both have the same slots and phases. */
const zeroUs = beginUs - 10 * minuteUs;

const gates: readonly (readonly [string, Gate])[] = [
  ["a bucket", { burst: 0.3, window: undefined, limit: 1, mayAsk: false }],
  ["a sliding window", { burst: Number.POSITIVE_INFINITY, window: "sliding", limit: 1, mayAsk: false }],
  ["a small bucket in a sliding window", { burst: 0.125, window: "sliding", limit: 1, mayAsk: false }],
  ["a fixed window", { burst: 0.5, window: arc(minuteUs, 5e6), limit: 1, mayAsk: false }],
  ["a fixed window that is asked for", { burst: 0.5, window: arc(minuteUs, 2e7), limit: 1.1, mayAsk: true }],
  ["sixths", { burst: Number.POSITIVE_INFINITY, window: arc(minuteUs / 6, 4e5), limit: 1 / 6, mayAsk: false }],
  ["sixths that are asked for", { burst: 0.2, window: arc(minuteUs / 6, 9e6), limit: 1 / 6, mayAsk: true }],
];

describeWithRedis("the shared book beside the book in memory", (server) => {
  it.each(gates)("answers and charges the same, for %s", async (_, gate) => {
    const spies = [
      vi.spyOn(LearnedLimit.prototype, "gate").mockReturnValue(gate),
      vi.spyOn(LearnedLimit.prototype, "booked").mockReturnValue(false),
      vi.spyOn(LearnedLimit.prototype, "accepted").mockReturnValue(false),
      vi.spyOn(LearnedLimit.prototype, "refused").mockReturnValue(missingUs),
    ];
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
          await using world = await storeWorld(server());
          await bothAgree(world, gate, steps);
        }),
        { numRuns: 12, seed: 7 },
      );
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  });
});

type Step =
  | { readonly kind: "wait"; readonly us: number }
  | { readonly kind: "reserve"; readonly candidates: readonly Record<string, number>[]; readonly isBrief: boolean }
  | {
      readonly kind: "end";
      readonly which: number;
      readonly how: "settle" | "throttled" | "keep";
      readonly share: number;
    };

const units = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 30 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 99 }).map((tenths) => tenths / 4) },
  { weight: 1, arbitrary: fc.integer({ min: 90, max: 130 }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("reserve" as const),
      isBrief: fc.boolean(),
      candidates: fc.array(fc.dictionary(fc.constantFrom(...keys), units, { minKeys: 1, maxKeys: 2 }), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      us: fc.oneof(
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 1e5, max: 4e6 }),
        fc.integer({ min: 4e6, max: 7e7 }),
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("end" as const),
      which: fc.nat(9),
      how: fc.constantFrom("settle" as const, "settle" as const, "throttled" as const, "keep" as const),
      share: fc.constantFrom(0, 0.25, 0.5, 1, 1.5),
    }),
  },
);

interface Open {
  readonly asked: Ask;
  readonly answer: Booked;
  readonly entries: readonly MinuteEntry[];
}

async function bothAgree(world: StoreWorld, gate: Gate, steps: readonly Step[]): Promise<void> {
  const { store } = world;
  const limits = new MemoryLimits();
  for (const key of keys) limits.set(key, limit, "config");
  const book = new MinuteBook(limits);
  const pages = new Map(keys.map((key) => [key as string, book.pageOf({ key, unit: "tokens", windowMs: 60_000 })]));
  const pageOf = (key: string): number => pages.get(key) ?? -1;
  await open(store, Object.fromEntries(keys.map((key) => [key, stored(gate)])));
  const opens: Open[] = [];
  const memoryNow = (): number => world.nowUs() - zeroUs;

  async function reserve({ candidates, isBrief }: Step & { kind: "reserve" }, id: string): Promise<void> {
    const nowUs = memoryNow();
    const startOf = (candidate: Record<string, number>): number =>
      Math.max(...Object.entries(candidate).map(([key, tokens]) => book.startUs([pageOf(key)], { tokens }, nowUs)));
    const starts: number[] = [];
    for (const candidate of candidates) if (!starts.some((start) => start <= nowUs)) starts.push(startOf(candidate));
    const place = starts.findIndex((start) => start <= nowUs);
    const asked = ask(id, candidates, { isBrief });
    const answer = await store.reserve(asked);
    if (place < 0) {
      const startUs = Math.min(...starts);
      expect(answer).toMatchObject({ kind: "refused", place: starts.indexOf(startUs) });
      if (answer.kind === "refused") expect(answer.startUs - zeroUs).toBe(startUs);
      return;
    }
    expect(answer).toMatchObject({ kind: "booked", place });
    const chosen = Object.entries(candidates[place] ?? {});
    const entries = chosen.map(([key, tokens]) => book.book(pageOf(key), { cost: { tokens } }, nowUs));
    const booked = answer as Booked;
    expect(booked.booked.map(({ heldUs }) => heldUs)).toEqual(entries.map(({ heldUs }) => heldUs));
    for (const [index, { most, least, tatUs }] of booked.booked.entries()) {
      const { evidence } = entries[index] as MinuteEntry;
      expect(most / limit).toBeCloseTo(evidence.most, 9);
      expect(least / limit).toBeCloseTo(evidence.least, 9);
      expect((tatUs - world.nowUs()) / minuteUs).toBeCloseTo(evidence.level, 9);
    }
    opens.push({ asked, answer: booked, entries });
  }

  async function end({ which, how, share }: Step & { kind: "end" }): Promise<void> {
    const [ended] = opens.splice(which % Math.max(1, opens.length), 1);
    if (ended === undefined) return;
    const { asked, answer, entries } = ended;
    const actual = Object.fromEntries(
      answer.booked.map(({ key }, index) => [key, (entries[index]?.held ?? 0) * share]),
    );
    const nowUs = memoryNow();
    for (const entry of entries) {
      if (how === "settle") book.settle(entry, { tokens: entry.held * share }, nowUs);
      else if (how === "keep") book.keep(entry, nowUs);
      else book.throttled(entry, nowUs);
    }
    const nothing = Object.fromEntries(answer.booked.map(({ key }) => [key, 0]));
    const taken = how === "settle" ? actual : how === "keep" ? {} : nothing;
    const missingUntilUs = how === "throttled" ? world.nowUs() + missingUs : 0;
    const { isFirst } = await store.end(endingOf(asked, answer, taken, { missingUntilUs, priceUs: minuteUs / limit }));
    expect(isFirst).toBe(true);
  }

  for (const [index, step] of steps.entries()) {
    if (step.kind === "wait") await world.advance(step.us);
    else if (step.kind === "reserve") await reserve(step, `call ${index}`);
    else await end(step);
  }
}

function stored({ burst, window, limit: share, mayAsk }: Gate): StoredGate {
  const mayHold = window === undefined ? Number.POSITIVE_INFINITY : limit * share;
  return gateOf(limit, { burstUs: burst * minuteUs, window: window ?? "none", mayHold, mayAsk });
}

function arc(windowUs: number, widthUs: number) {
  return { windowUs, fromUs: 3_300_000, widthUs };
}
