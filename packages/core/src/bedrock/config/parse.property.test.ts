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

/** Every kind of id, with destinations told, half told or untold. */
const servedBy = (sources: readonly string[]): fc.Arbitrary<ServedByInput> =>
  fc
    .record({
      id: fc.constantFrom(base, `us.${base}`, `eu.${base}`, `global.${base}`, `uk.${base}`, "newcomer.model"),
      destinations: fc.oneof(
        someRegions,
        fc.dictionary(fc.constantFrom(...sources), someRegions),
        fc.constant(undefined),
      ),
    })
    .map(({ id, destinations }) => (id === base ? { id } : { id, destinations }));

/** One or two accounts, one or two names: more would mostly contradict each other. */
const config: fc.Arbitrary<ShardrockConfig> = fc.array(someRegions, { minLength: 1, maxLength: 2 }).chain((sources) => {
  const quotas = fc.constantFrom({ tokensPerMinute: 500 }, undefined);
  const served = fc.uniqueArray(servedBy(sources.flat()), { minLength: 1, maxLength: 3, selector: ({ id }) => id });
  return fc.record({
    accounts: fc.constant(sources.map((regions, index) => exampleAccount(index, { regions }))),
    models: fc.dictionary(
      fc.constantFrom("a", "b"),
      fc.record({ servedBy: served, quotas, maxOutputTokens: fc.constant(9) }),
      { minKeys: 1 },
    ),
    residency: fc.record({ allowedRegions: someRegions }),
    fallbackQuota: fc.constant({ tokensPerMinute: 1000 }),
  });
});

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
        for (const { id, region, destinationRegions } of [...(fleet?.models.values() ?? [])].flatMap(
          ({ targets }) => targets,
        )) {
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
