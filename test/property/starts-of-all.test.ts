import { type Candidate, dayWindowMs, MemoryLedger, MemoryLimits, type Quota, type Target } from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const targets = Array.from({ length: 12 }, (_, index) => targetOf(index));

function targetOf(index: number): Target {
  const [accountId, region] = [String(index).padStart(12, "1"), "us-east-1"];
  const minute = { windowMs: 60_000 } as const;
  const quotas: Quota[] = [
    { key: `${index}/tokens`, unit: "tokens", ...minute },
    { key: `${index % 5}/requests`, unit: "requests", ...minute },
    { key: `${index % 3}/day`, unit: "tokens", windowMs: dayWindowMs },
  ];
  const id = `${accountId}/${region}`;
  const place = { accountId, region, endpoint: "runtime", modelId: "m", destinationRegions: [region] } as const;
  // One is charged to nothing at all.
  return { ...place, id, weight: 1, quotas: index === 7 ? [] : quotas };
}

function world() {
  const clock = new VirtualClock();
  const limits = new MemoryLimits();
  for (const { quotas } of targets) {
    for (const { key, windowMs } of quotas) if (windowMs < dayWindowMs) limits.set(key, 10_000, "config");
  }
  const open = () => new MemoryLedger({ limits, clock });
  return { clock, limits, ledgers: [open(), open()] as const };
}

/** What happens between two looks. */
const step = fc.record({
  /** Where the list begins and which of it is left out, as health leaves out what is blocked. */
  from: fc.integer({ min: 0, max: 3 }),
  leftOut: fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { maxLength: 4 }),
  tokens: fc.integer({ min: 1, max: 12_000 }),
  passedMs: fc.integer({ min: 0, max: 20_000 }),
  what: fc.constantFrom("book", "book", "book", "throttle the day", "limit", "forget", "nothing"),
});

describe("when each of many candidates can start", () => {
  it("is what the book says of each alone, whatever was asked for before", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        // Two that hear of the same: looking at a book refreshes what it shows.
        const { clock, limits, ledgers } = world();
        const [ledger, alone] = ledgers;
        const startsInMs = new Float64Array(20);
        for (const { from, leftOut, tokens, passedMs, what } of steps) {
          await clock.advance(passedMs);
          const nowMs = clock.monotonicMs();
          const left = targets.slice(from).filter((_, index) => !leftOut.includes(index));
          const candidates = left.map((target): Candidate => ({ target, cost: { requests: 1, tokens } }));
          // What is asked for again is found another way than the first time.
          for (let time = 0; time < 3; time += 1) {
            ledger.startsOfAll(candidates, nowMs, startsInMs);
            const each = candidates.map((candidate) => alone.startsInMs(candidate, nowMs));
            expect([...startsInMs.subarray(0, candidates.length)]).toEqual(each);
          }
          const [first] = candidates;
          if (what === "limit") limits.set("3/tokens", 5_000 + tokens, "config");
          for (const book of ledgers) {
            if (what === "forget") book.forget(targets.slice(0, 4));
            if (first === undefined || (what !== "book" && what !== "throttle the day")) continue;
            const answer = await book.reserve([first]);
            if (answer.kind !== "reserved") continue;
            if (what === "book") answer.settle({ requests: 1, tokens: tokens / 2 });
            else answer.throttled({ scope: "tokens-per-day" });
          }
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
