import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShardrockError } from "../../errors.ts";
import { parseConfigText } from "./text.ts";
import type { ShardrockConfig } from "./parse.ts";
import { parseConfig } from "./parse.ts";
import { exampleAccount, exampleConfig } from "../testing/example-config.test.kit.ts";
import type { ServedByInput } from "./served-by.ts";
import { buildFleet } from "../fleet/build-fleet.ts";

const seed = 20_261_122;

const regions = ["us-east-1", "us-west-2", "eu-west-1", "eu-west-2", "ca-central-1", "me-central-1"];
const someRegions = fc.subarray(regions, { minLength: 1 });
const base = "anthropic.claude-sonnet-4-6";

const arn = (kind: string): string => `arn:aws:bedrock:us-east-1:000000000000:${kind}/abc`;
const namelessKinds = [
  "provisioned-model",
  "imported-model",
  "custom-model-deployment",
  "application-inference-profile",
  "prompt-router",
  "prompt",
];
const plainIds = [base, "newcomer.model"];
const profileIds = [`us.${base}`, `eu.${base}`, `global.${base}`, `uk.${base}`];

/** Every kind of id on both endpoints, with destinations told, half told or untold, where they may be told. */
const servedBy = (sources: readonly string[]): fc.Arbitrary<ServedByInput> => {
  const destinations = fc.oneof(
    someRegions,
    fc.dictionary(fc.constantFrom(...sources), someRegions),
    fc.constant(undefined),
  );
  const dedicated = fc.constantFrom(...namelessKinds.slice(0, 3)).map((kind) => ({ id: arn(kind), baseModel: base }));
  const nameless = fc.record({
    id: fc.constantFrom(...namelessKinds.slice(3).map(arn)),
    baseModel: fc.constantFrom(base, `us.${base}`),
    destinations,
  });
  const mantle = fc.record({ id: fc.constantFrom(...plainIds), endpoint: fc.constant("mantle" as const) });
  const profile = fc.record({ id: fc.constantFrom(...profileIds, "newcomer.model"), destinations });
  return fc.oneof(fc.constant({ id: base }), profile, profile, mantle, nameless, dedicated);
};

/** One or two accounts, one or two names: more would mostly contradict each other. */
const config: fc.Arbitrary<ShardrockConfig> = fc.array(someRegions, { minLength: 1, maxLength: 2 }).chain((sources) => {
  const served = fc.uniqueArray(servedBy(sources.flat()), {
    minLength: 1,
    maxLength: 3,
    selector: ({ id, endpoint }) => `${id} ${endpoint}`,
  });
  const model = fc.tuple(served, fc.boolean()).map(([servedBy, isTold]) => {
    const isOn = (wanted: string): boolean => servedBy.some(({ endpoint = "runtime" }) => endpoint === wanted);
    const quotas = {
      ...(isOn("runtime") && { tokensPerMinute: 500 }),
      ...(isOn("mantle") && { inputTokensPerMinute: 500 }),
    };
    return { servedBy, maxOutputTokens: 9, ...(isTold && { quotas }) };
  });
  return fc.record({
    accounts: fc.constant(sources.map((regions, index) => exampleAccount(index, { regions }))),
    models: fc.dictionary(fc.constantFrom("a", "b"), model, { minKeys: 1 }),
    residency: fc.record({ allowedRegions: someRegions }),
    fallbackQuota: fc.constantFrom(
      { tokensPerMinute: 1000, inputTokensPerMinute: 1000, outputTokensPerMinute: 100 },
      { requestsPerMinute: 1000 },
    ),
  });
});

/** Sections that stand alone, each as somebody might write it. */
const sections: fc.Arbitrary<Partial<ShardrockConfig>> = fc.record(
  {
    resources: fc.dictionary(
      fc
        .stringMatching(/^[\w.:/@+-]{1,20}$/)
        .filter((name) => !["__proto__", "constructor", "prototype"].includes(name)),
      fc.uniqueArray(
        fc.record({
          account: fc.constantFrom("111111111111", "222222222222"),
          region: fc.constantFrom("us-east-1", "us-west-2", undefined),
          id: fc.stringMatching(/^[!-~]{1,40}$/).filter((id) => !/^arn:|ABSK|AKIA|ASIA/.test(id)),
        }),
        { minLength: 1, selector: ({ account, region }) => `${account} ${region}` },
      ),
    ),
    errors: fc.record({ includeProviderMessage: fc.boolean() }),
    maxTokens: fc.record({
      unset: fc.constantFrom("model-maximum", "learned"),
      risk: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
    }),
    affinity: fc.record({ ttlMs: fc.integer({ min: 1, max: 86_400_000 }), maxKeys: fc.integer({ min: 1, max: 1e6 }) }),
    tenants: fc.dictionary(
      fc.constantFrom("alice", "bob", "0", "team:x/y"),
      fc.record(
        {
          weight: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
          guaranteed: fc.double({ min: 0, max: 0.25, noNaN: true }),
        },
        { requiredKeys: [] },
      ),
    ),
    endpoints: fc.record({
      bedrockMantle: fc.constantFrom("https://{region}.gateway.example.com", "http://localhost:1"),
    }),
  },
  { requiredKeys: [] },
);

/** Runs `work`; undefined when it throws a `ShardrockError`, which is an answer too. Anything else escapes. */
function answered<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof ShardrockError) return undefined;
    throw error;
  }
}

describe("whatever the config", () => {
  it("nothing outside residency survives", () => {
    let survivors = 0;
    fc.assert(
      fc.property(config, (input) => {
        const fleet = answered(() => buildFleet(parseConfig(input)));
        const allowed = new Set(input.residency.allowedRegions);
        const targets = [...(fleet?.models.values() ?? [])].flatMap((model) => [
          ...model.targets,
          ...model.countTargets,
        ]);
        for (const { id, region, destinationRegions } of [...targets, ...(fleet?.places ?? [])]) {
          survivors += 1;
          const outside = [region, ...(destinationRegions ?? ["unknown"])].filter((place) => !allowed.has(place));
          expect({ id, outside }).toEqual({ id, outside: [] });
        }
      }),
      { seed, numRuns: 500 },
    );
    // A property of nothing proves nothing.
    expect(survivors).toBeGreaterThan(100);
  });

  it("every target's minute quota has exactly one limit, and one key one meaning", () => {
    fc.assert(
      fc.property(config, (input) => {
        const fleet = answered(() => buildFleet(parseConfig(input)));
        const quotas = [...(fleet?.models.values() ?? [])].flatMap(({ targets }) =>
          targets.flatMap((target) => target.quotas),
        );
        const used = new Set(quotas.filter(({ windowMs }) => windowMs === 60_000).map(({ key }) => key));
        expect(fleet?.limits.map(({ key }) => key).toSorted() ?? []).toEqual([...used].toSorted());
      }),
      { seed },
    );
  });

  it("no page of the book has both endpoints' calls, and each counts in its endpoint's units", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(config, (input) => {
        const fleet = answered(() => buildFleet(parseConfig(input)));
        const endpointOf = new Map<string, string>();
        for (const { endpoint, quotas } of [...(fleet?.models.values() ?? [])].flatMap(({ targets }) => targets)) {
          const minute = quotas.filter(({ windowMs }) => windowMs === 60_000).map(({ unit }) => unit);
          const units = endpoint === "mantle" ? ["inputTokens", "outputTokens"] : ["tokens", "requests"];
          expect(minute.length).toBeGreaterThan(0);
          expect(minute.filter((unit) => !units.includes(unit))).toEqual([]);
          if (endpoint === "mantle") expect(minute).toContain("inputTokens");
          for (const { key } of quotas) {
            expect(endpointOf.get(key) ?? endpoint).toBe(endpoint);
            endpointOf.set(key, endpoint);
          }
          seen.add(endpoint);
        }
      }),
      { seed, numRuns: 500 },
    );
    expect([...seen].toSorted()).toEqual(["mantle", "runtime"]);
  });

  it("every target has an id of its own, those that count tokens and those without a model too", () => {
    fc.assert(
      fc.property(config, (input) => {
        const fleet = answered(() => buildFleet(parseConfig(input)));
        const ofModels = [...(fleet?.models.values() ?? [])].map((model) =>
          [...model.targets, ...model.countTargets, ...(fleet?.places ?? [])].map(({ id }) => id),
        );
        for (const ids of ofModels) expect(new Set(ids).size).toBe(ids.length);
      }),
      { seed },
    );
  });

  it("what its sections say is what is read, and reads the same from JSON", () => {
    fc.assert(
      fc.property(sections, (input) => {
        const parsed = parseConfig(exampleConfig(input));

        if (input.resources) expect(Object.fromEntries(parsed.resources)).toEqual(input.resources);
        if (input.errors) expect(parsed.errors).toEqual(input.errors);
        if (input.maxTokens) expect(parsed.maxTokens).toEqual(input.maxTokens);
        if (input.tenants) expect(Object.fromEntries(parsed.tenants)).toEqual(input.tenants);
        if (input.affinity) expect(parsed.affinity).toEqual(input.affinity);
        if (input.endpoints) expect(parsed.endpoints).toEqual(input.endpoints);
        expect(parseConfigText(JSON.stringify(exampleConfig(input)), "f.json")).toEqual(parsed);
      }),
      { seed },
    );
  });

  it("instances together never get more than the config gives", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.nat({ max: 1e9 }), (instances, tokensPerMinute) => {
        const models = { sonnet: { servedBy: [{ id: base }], quotas: { tokensPerMinute } } };
        const [limit] = buildFleet(parseConfig(exampleConfig({ instances, models }))).limits;
        expect((limit?.value ?? Infinity) * instances).toBeLessThanOrEqual(tokensPerMinute * (1 + 1e-12));
      }),
      { seed },
    );
  });
});

describe("whatever the input", () => {
  it("parsing answers or throws a ShardrockError, never anything else", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (input) => void answered(() => parseConfig(input))),
      { seed, numRuns: 500 },
    );
  });

  it("parsing survives anything put anywhere into a good config", () => {
    const paths = leavesOf(exampleConfig());
    fc.assert(
      fc.property(
        fc.constantFrom(...paths),
        fc.anything({ withBigInt: true, withNullPrototype: true }),
        (path, value) => {
          answered(() => buildFleet(parseConfig(replaced(exampleConfig(), path, value))));
        },
      ),
      { seed, numRuns: 500 },
    );
  });

  it("a text answers or throws a ShardrockError, never anything else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => void answered(() => parseConfigText(text, "f"))),
      { seed, numRuns: 500 },
    );
  });
});

type Path = readonly (string | number)[];

function leavesOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, child]) =>
      leavesOf(child, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[step] = replaced(copy[step], rest, by);
  return copy;
}
