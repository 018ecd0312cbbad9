import fc from "fast-check";
import { expect, it } from "vitest";
import { MemoryLimits } from "../budget/memory-limits.ts";
import type { Target } from "../budget/target.ts";
import { workMs } from "./lane-forecast.ts";
import { targetOf } from "./waiting-room.test.kit.ts";
import { WorkTimes } from "./work-times.ts";

const shared: Target = { ...targetOf("c"), quotas: targetOf("a").quotas };
const targets = [targetOf("a"), targetOf("b"), shared, { ...targetOf("d"), quotas: [] }];

const step = fc.record({
  limit: fc.option(fc.record({ key: fc.constantFrom("a", "b"), value: fc.integer({ min: 0, max: 90_000 }) })),
  used: fc.subarray(targets),
  tokens: fc.integer({ min: 0, max: 10_000 }),
});

it("says the same as when it is worked out for each call, whatever limits become", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const limits = new MemoryLimits();
      const times = new WorkTimes(limits);
      for (const { limit, used, tokens } of steps) {
        if (limit !== null) limits.set(limit.key, limit.value, "config");
        const candidates = used.map((target) => ({ target, cost: { requests: 1, tokens } }));
        expect(times.of(candidates)).toBe(workMs(candidates, limits));
      }
    }),
  );
});
