import type { Target } from "@shardrock/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minuteTokens, targetWith } from "../contract/ledger-world.ts";
import { Failure, outcome, routedWorld } from "../routing/routed-world.ts";

const regions = ["us-east-1", "us-west-2", "eu-west-1", "eu-west-2", "me-central-1"] as const;
const someRegions = fc.subarray([...regions]);

interface Place {
  readonly region: string;
  readonly destinations: readonly string[] | undefined;
  readonly isDrained: boolean;
}

const place: fc.Arbitrary<Place> = fc.record({
  region: fc.constantFrom(...regions),
  destinations: fc.option(someRegions, { nil: undefined }),
  isDrained: fc.boolean(),
});

describe("residency", () => {
  it("sends nothing outside it, whatever the fleet, the router's rule, the call's rule and the failures", async () => {
    const world = fc.record({
      places: fc.array(place, { minLength: 1, maxLength: 6 }),
      ofRouter: fc.option(someRegions, { nil: undefined }),
      ofCall: fc.option(someRegions, { nil: undefined }),
      failures: fc.integer({ min: 0, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(world, async ({ places, ofRouter, ofCall, failures }) => {
        const targets = places.map((one, index) => targetAt(one, index));
        const { router } = routedWorld(targets, { allowedRegions: ofRouter });
        const candidates = targets.map((target) => ({ target, cost: { tokens: 10 } }));
        const sentTo: Target[] = [];

        await outcome(
          router.run({ pool: "any", candidates, ...(ofCall && { allowedRegions: ofCall }) }, async (target, call) => {
            sentTo.push(target);
            if (sentTo.length <= failures) throw new Failure({ kind: "unreachable" });
            call.settle({ tokens: 10 });
          }),
        );

        for (const { region, destinationRegions, isDrained } of sentTo) {
          expect(isDrained).toBe(false);
          for (const allowed of [ofRouter, ofCall]) {
            if (allowed === undefined) continue;
            expect(destinationRegions?.length).toBeGreaterThan(0);
            for (const each of [region, ...(destinationRegions ?? [])]) expect(allowed).toContain(each);
          }
        }
        const mayServe = targets.filter((target) => isAllowed(target, ofRouter) && isAllowed(target, ofCall));
        expect(sentTo.length, "a target that may serve is found").toBe(Math.min(mayServe.length, failures + 1));
      }),
      { numRuns: 300 },
    );
  });
});

function isAllowed({ region, destinationRegions, isDrained }: Target, allowed: readonly string[] | undefined): boolean {
  if (isDrained) return false;
  if (allowed === undefined) return true;
  return (
    destinationRegions !== undefined &&
    destinationRegions.length > 0 &&
    [region, ...destinationRegions].every((one) => allowed.includes(one))
  );
}

function targetAt({ region, destinations, isDrained }: Place, index: number): Target {
  const id = `target-${index}`;
  return { ...targetWith(id, [minuteTokens(id)]), region, destinationRegions: destinations, isDrained };
}
