import { openRouter, parseConfig, seededRandom, ShardrockError, type OpenRouter, type Target } from "@shardrock/core";
import { VirtualClock } from "@shardrock/simulator";
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
        const drained = new Map(
          targets.flatMap((one, index) => (places[index]?.isDrained ? [[one.accountId, ""]] : [])),
        );
        const { router } = routedWorld(targets, { allowedRegions: ofRouter, drained });
        const candidates = targets.map((target) => ({ target, cost: { tokens: 10 } }));
        const sentTo: Target[] = [];

        await outcome(
          router.run({ pool: "any", candidates, ...(ofCall && { allowedRegions: ofCall }) }, async (target, call) => {
            sentTo.push(target);
            if (sentTo.length <= failures) throw new Failure({ kind: "unreachable" });
            call.settle({ tokens: 10 });
          }),
        );

        for (const { region, destinationRegions, accountId } of sentTo) {
          expect(drained.has(accountId)).toBe(false);
          for (const allowed of [ofRouter, ofCall]) {
            if (allowed === undefined) continue;
            expect(destinationRegions?.length).toBeGreaterThan(0);
            for (const each of [region, ...(destinationRegions ?? [])]) expect(allowed).toContain(each);
          }
        }
        const mayServe = targets.filter(
          (target) => !drained.has(target.accountId) && isAllowed(target, ofRouter) && isAllowed(target, ofCall),
        );
        expect(sentTo.length, "a target that may serve is found").toBe(Math.min(mayServe.length, failures + 1));
      }),
      { numRuns: 300 },
    );
  });

  it("sends nothing outside it, whatever ids, endpoints and destinations a config names and whatever the call narrows", async () => {
    let sent = 0;
    const world = fc.record({
      ids: fc.subarray(servedIds, { minLength: 1 }),
      sources: fc.subarray([...regions], { minLength: 1 }),
      destinations: fc.option(fc.subarray([...regions], { minLength: 1 }), { nil: undefined }),
      ofConfig: fc.subarray([...regions], { minLength: 1 }),
      ofCall: fc.option(someRegions, { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(world, async ({ ids, sources, destinations, ofConfig, ofCall }) => {
        const servedBy = ids.map(({ isProfile, ...id }) => (isProfile ? { ...id, destinations } : id));
        const opened = openedWith({ servedBy, sources, ofConfig });
        if (opened === undefined) return;
        const { fleet, router, candidates } = opened;
        const uncharged = [...fleet.places, ...[...fleet.models.values()].flatMap((model) => model.countTargets)];
        const call = {
          pool: "sonnet",
          candidates: candidates("sonnet", { tokens: 1, inputTokens: 1 }),
          ...(ofCall && { allowedRegions: ofCall }),
        };

        const sentTo: Target[] = [];
        await outcome(
          router.run(call, async (target) => {
            sentTo.push(target);
            throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
          }),
        );

        expect(outside(ofConfig, [...sentTo, ...uncharged])).toEqual([]);
        expect(outside(ofCall ?? ofConfig, sentTo)).toEqual([]);
        sent += sentTo.length;
      }),
      { numRuns: 300, seed: 20_261_122 },
    );
    // A property of nothing proves nothing.
    expect(sent).toBeGreaterThan(100);
  });
});

const base = "anthropic.claude-sonnet-4-6";
const ofAccount = "arn:aws:bedrock:us-east-1:111111111111";

/** Every kind of id; where a profile, a router or a prompt runs the config must say. */
const servedIds = [
  { id: base, isProfile: false },
  { id: base, endpoint: "mantle" as const, isProfile: false },
  { id: `us.${base}`, isProfile: true },
  { id: `eu.${base}`, isProfile: true },
  { id: `global.${base}`, isProfile: true },
  { id: `uk.${base}`, isProfile: true },
  { id: `${ofAccount}:application-inference-profile/abc`, baseModel: base, isProfile: true },
  { id: `${ofAccount}:prompt-router/abc`, baseModel: base, isProfile: true },
  { id: `${ofAccount}:prompt/abc:1`, baseModel: base, isProfile: true },
  { id: `${ofAccount}:provisioned-model/abc`, baseModel: base, isProfile: false },
];

/** Where a prompt may get to from targets, beside the Regions allowed. */
function outside(allowed: readonly string[], targets: readonly Target[]): readonly string[] {
  const places = targets.flatMap(({ region, destinationRegions = ["nobody knows where"] }) => [
    region,
    ...destinationRegions,
  ]);
  return places.filter((place) => !allowed.includes(place));
}

interface ConfiguredWorld {
  readonly servedBy: readonly { readonly id: string }[];
  readonly sources: readonly string[];
  readonly ofConfig: readonly string[];
}

/** A router for one account in all its Regions; undefined when the config is refused, which sends nothing either. */
function openedWith({ servedBy, sources, ofConfig }: ConfiguredWorld): OpenRouter | undefined {
  const roleArn = "arn:aws:iam::111111111111:role/shardrock";
  const input = {
    accounts: [{ id: "111111111111", roleArn, trust: "same-org", regions: sources }],
    models: { sonnet: { servedBy } },
    residency: { allowedRegions: ofConfig },
    fallbackQuota: { tokensPerMinute: 1e6, inputTokensPerMinute: 1e6 },
  };
  try {
    return openRouter(parseConfig(input), { clock: new VirtualClock(), random: seededRandom(1) });
  } catch (error) {
    if (error instanceof ShardrockError && error.code === "config-invalid") return undefined;
    throw error;
  }
}

function isAllowed({ region, destinationRegions }: Target, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return true;
  return (
    destinationRegions !== undefined &&
    destinationRegions.length > 0 &&
    [region, ...destinationRegions].every((one) => allowed.includes(one))
  );
}

function targetAt({ region, destinations }: Place, index: number): Target {
  const id = `target-${index}`;
  const accountId = String(index).repeat(12);
  return { ...targetWith(id, [minuteTokens(id)]), accountId, region, destinationRegions: destinations };
}
