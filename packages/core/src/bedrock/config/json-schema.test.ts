import { describe, expect, it } from "vitest";
import { configJsonSchema } from "./json-schema.ts";
import { exampleConfig } from "../testing/example-config.test.kit.ts";

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly description?: string;
}

/** A validator of property names and required ones; enough to see that the schema fits the config. */
function misfits(value: unknown, schema: Schema, path = "$"): readonly string[] {
  if (schema.anyOf) return schema.anyOf.some((one) => misfits(value, one).length === 0) ? [] : [path];
  if (Array.isArray(value))
    return value.flatMap((item, index) => misfits(item, schema.items ?? {}, `${path}[${index}]`));
  if (typeof value !== "object" || value === null)
    return typeof value === schema.type || schema.type === "integer" ? [] : [path];
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}.${name}`);
  const inner = Object.entries(value).flatMap(([name, child]) => {
    const known = properties[name] ?? (typeof additionalProperties === "object" ? additionalProperties : undefined);
    return known ? misfits(child, known, `${path}.${name}`) : [`${path}.${name}`];
  });
  return [...missing, ...inner];
}

const schema = configJsonSchema() as Schema;

describe("the JSON Schema of the config", () => {
  it("accepts a config", () => {
    expect(misfits(exampleConfig(), schema)).toEqual([]);
  });

  it("knows every section, and both endpoints' quotas", () => {
    const quotas = { inputTokensPerMinute: 2, overrides: [{ scope: "on-demand", outputTokensPerMinute: 1 }] };
    const config = {
      ...exampleConfig(),
      models: { opus: { servedBy: [{ id: "anthropic.claude-opus-4-8", endpoint: "mantle" }], quotas } },
      endpoints: { bedrockMantle: "https://bedrock-mantle.{region}.api.aws" },
      resources: { guard: [{ account: "111111111111", region: "us-east-1", id: "abc" }] },
      errors: { includeProviderMessage: true },
      affinity: { ttlMs: 1, maxKeys: 1 },
      maxAccountShare: 0.5,
      maxTokens: { unset: "learned", risk: 0.01 },
      state: { file: "learned.json" },
      tenants: { alice: { weight: 4, guaranteed: 0.2 }, bob: {} },
    };

    expect(misfits(config, schema)).toEqual([]);
    expect(misfits({ ...config, affinity: { ttl: 1 } }, schema)).toEqual(["$.affinity.ttl"]);
  });

  it("refuses options it does not know, and misses those it needs", () => {
    const { accounts, ...rest } = exampleConfig();

    expect(misfits({ ...rest, account: accounts }, schema)).toEqual(["$.accounts", "$.account"]);
  });

  it("is draft 7 and strict at the top", () => {
    expect(schema).toMatchObject({ $schema: "http://json-schema.org/draft-07/schema#", additionalProperties: false });
    expect(schema.required).toEqual(["accounts", "models", "residency"]);
  });

  it("describes every option for the editor", () => {
    const silent = Object.entries(schema.properties ?? {}).filter(([, option]) => !option.description);

    expect(silent).toEqual([]);
  });
});
