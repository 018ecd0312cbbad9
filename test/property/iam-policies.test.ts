import { openRouter, parseConfig, type ShardrockConfig, type Target } from "@shardrock/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cliFolder } from "../iam/cli-run.ts";
import { allows, checksOf, denies, type JudgedPolicy } from "../iam/policy-judge.ts";

const regions = ["us-east-1", "us-west-2", "eu-west-1", "eu-west-2"] as const;
const someRegions = fc.subarray([...regions], { minLength: 1 });
const sonnet = "anthropic.claude-sonnet-4-6";
const accountIds = ["111111111111", "222222222222"];
const ids = [sonnet, `us.${sonnet}`, `eu.${sonnet}`, `global.${sonnet}`] as const;

const served = fc.record({
  id: fc.constantFrom(...ids),
  regions: fc.option(someRegions, { nil: undefined }),
  accounts: fc.option(fc.subarray(accountIds, { minLength: 1 }), { nil: undefined }),
  destinations: fc.option(someRegions, { nil: undefined }),
});

const world = fc.record({
  servedBy: fc.uniqueArray(served, { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
  accountRegions: fc.array(someRegions, { minLength: 2, maxLength: 2 }),
  allowedRegions: fc.oneof(fc.constant("anywhere" as const), someRegions),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

function configOf({ servedBy, accountRegions, allowedRegions }: World): ShardrockConfig {
  return {
    accounts: accountIds.map((id, index) => ({ id, regions: accountRegions[index] ?? [] })),
    role: { name: "shardrock", trust: "same-org" },
    models: {
      sonnet: {
        servedBy: servedBy.map(({ id, regions, accounts, destinations }) => ({
          id,
          ...(regions && { regions }),
          ...(accounts && { accounts }),
          ...(destinations && id !== sonnet && { destinations }),
        })),
        quotas: { tokensPerMinute: 1_000_000 },
      },
    },
    residency: { allowedRegions },
  };
}

/** What the router may use; none when the config is refused. */
function targetsOf(config: ShardrockConfig): readonly Target[] {
  try {
    return openRouter(parseConfig(config)).fleet.models.get("sonnet")?.targets ?? [];
  } catch {
    return [];
  }
}

interface Policies {
  readonly accounts: Readonly<Record<string, { readonly invoke: { readonly policies: readonly JudgedPolicy[] } }>>;
  readonly residency?: JudgedPolicy;
}

/** Undefined: the config is refused. */
async function policiesOf(config: ShardrockConfig): Promise<Policies | undefined> {
  using folder = cliFolder();
  const { stdout, stderr, exitCode } = await folder.run(["iam", "--config", "router.json", "--format", "json"], config);
  if (exitCode === 2) return undefined;
  expect({ exitCode, stderr: stderr.replaceAll(/^note: .*\n/gm, "") }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout) as Policies;
}

function refused(): never {
  throw new Error("a config the router takes is refused");
}

const everyCall = accountIds.flatMap((accountId) =>
  regions.flatMap((region) =>
    ids.flatMap((modelId) => regions.map((runsIn) => ({ accountId, region, modelId, runsIn, baseModelId: sonnet }))),
  ),
);

describe("the policies that shardrock iam writes", () => {
  it("allow every target the router may use, wherever it may run", async () => {
    await fc.assert(
      fc.asyncProperty(world, async (world) => {
        const config = configOf(world);
        const targets = targetsOf(config);
        fc.pre(targets.length > 0);
        const { accounts, residency } = (await policiesOf(config)) ?? refused();
        for (const { accountId, region, modelId, destinationRegions } of targets) {
          const policies = accounts[accountId]?.invoke.policies ?? [];
          for (const runsIn of destinationRegions ?? regions) {
            const checks = checksOf({ accountId, region, modelId, runsIn, baseModelId: sonnet });
            expect(checks.filter((check) => !allows(policies, check))).toEqual([]);
            expect(checks.filter((check) => residency !== undefined && denies(residency, check))).toEqual([]);
          }
        }
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  it("allow nothing outside residency, nor what the config does not serve there, whatever is called", async () => {
    await fc.assert(
      fc.asyncProperty(world, async (world) => {
        const config = configOf(world);
        const policies = await policiesOf(config);
        fc.pre(policies !== undefined);
        const { accounts, residency } = policies;
        const { allowedRegions } = world;
        for (const call of everyCall) {
          const policies = accounts[call.accountId]?.invoke.policies ?? [];
          const checks = checksOf(call);
          const isAllowed = checks.every((check) => allows(policies, check));
          const entry = world.servedBy.find(({ id }) => id === call.modelId);
          const runsIn = call.modelId === sonnet ? call.region : call.runsIn;
          const isGlobal = call.modelId.startsWith("global.");
          const isResident = (region: string): boolean =>
            allowedRegions === "anywhere" || (allowedRegions as readonly string[]).includes(region);
          const isServed =
            entry !== undefined &&
            (entry.accounts?.includes(call.accountId) ?? true) &&
            (entry.regions?.includes(call.region) ?? true) &&
            (world.accountRegions[accountIds.indexOf(call.accountId)] ?? []).includes(call.region);
          if (isAllowed) expect({ call, isServed }).toEqual({ call, isServed: true });
          if (isAllowed && !isGlobal) expect([call.region, runsIn].filter((region) => !isResident(region))).toEqual([]);
          if (isAllowed && isGlobal)
            expect(allowedRegions === "anywhere" || entry?.destinations !== undefined).toBe(true);
          const isOutside = !isResident(call.region) || (!isGlobal && !isResident(runsIn));
          if (isOutside) expect(checks.some((check) => residency !== undefined && denies(residency, check))).toBe(true);
        }
      }),
      { seed: 11, numRuns: 60 },
    );
  });
});
