import type { Findings, QuotaPlace } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import type { ProfileRow, QuotaRow } from "../reader/aws-reader.ts";
import { placeKey } from "../reader/place-key.ts";
import { crossModelDay, profileRow, quotaRow, sonnet, sonnetRow } from "../testing/quota-rows.test.kit.ts";
import { foundFindings } from "./found-findings.ts";
import { knownQuotas } from "./known-place.ts";

const place: QuotaPlace = { accountId: "111111111111", region: "us-east-1" };
const of = { ...place, endpoint: "runtime", scope: "geo", baseModelId: sonnet } as const;
const hourMs = 3_600_000;

interface Told {
  readonly rows?: readonly QuotaRow[];
  readonly profiles?: readonly ProfileRow[];
  readonly ageMs?: number;
  readonly instances?: number;
}

function found({ rows = [], profiles = [], ageMs = 0, instances = 1 }: Told): Findings {
  const known = rows.map((row) => ({ ...row, isApplied: true, usual: row.value }));
  const quotas = knownQuotas(known, { readAtMs: 0, nowMs: 0 });
  const places = new Map([[placeKey(place), { place, quotas, profiles: { rows: profiles, readAtMs: 0 } }]]);
  return foundFindings(places, { nowMs: ageMs, maxQuotaAgeMs: 24 * hourMs, instances });
}

describe("the ceiling that is found", () => {
  it("is that of the model, by whatever way its id and its row are written", () => {
    const row = quotaRow(
      "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1",
      7,
      "L-F4DDD3EB",
    );
    const baseModelId = "anthropic.claude-sonnet-4-5-20250929-v1:0";

    expect(found({ rows: [row] }).ceiling("tokens", { ...of, baseModelId })).toBe(7);
  });

  it("is not known for another account, Region, endpoint, model, scope or unit, and for what is dedicated", () => {
    const { ceiling } = found({ rows: [sonnetRow(7)] });

    expect(ceiling("tokens", of)).toBe(7);
    expect(ceiling("tokens", { ...of, accountId: "222222222222" })).toBeUndefined();
    expect(ceiling("tokens", { ...of, region: "us-west-2" })).toBeUndefined();
    expect(ceiling("tokens", { ...of, endpoint: "mantle" })).toBeUndefined();
    expect(ceiling("tokens", { ...of, baseModelId: "amazon.nova-pro-v1:0" })).toBeUndefined();
    expect(ceiling("tokens", { ...of, scope: "global" })).toBeUndefined();
    expect(ceiling("tokens", { ...of, scope: "dedicated" })).toBeUndefined();
    expect(ceiling("requests", of)).toBeUndefined();
  });

  it("is 0.8 of what was read too long ago, and never 0 or nothing by that", () => {
    const rows = [sonnetRow(1_000)];

    expect(found({ rows, ageMs: 24 * hourMs }).ceiling("tokens", of)).toBe(1_000);
    expect(found({ rows, ageMs: 24 * hourMs + 1 }).ceiling("tokens", of)).toBe(800);
    expect(found({ rows, ageMs: 10_000 * hourMs }).ceiling("tokens", of)).toBe(800);
  });

  it.each([
    [1, 1, 1],
    [4, 4, 4],
    [5, 5, 5],
    [100, 1, 80],
    [0.5, 1, 0.5],
    [0, 1, 0],
  ])("of %d requests for %d processes does not grow so old that it leaves one less than a call a minute", (...row) => {
    const [value, instances, used] = row;
    const old = found({ rows: [sonnetRow(value, "geo", "requests")], ageMs: 25 * hourMs, instances });

    expect(old.ceiling("requests", of)).toBe(used);
  });

  it("is 0 for every model of an account on hold, known or not, so that no fallback reaches it", () => {
    const { ceiling } = found({ rows: [sonnetRow(7), crossModelDay(0)] });

    expect(ceiling("tokens", of)).toBe(0);
    expect(ceiling("tokens", { ...of, baseModelId: "amazon.nova-pro-v1:0" })).toBe(0);
    expect(ceiling("tokens", { ...of, baseModelId: "amazon.nova-lite-v1:0:24k" })).toBe(0);
    expect(ceiling("tokens", { ...of, scope: "dedicated" })).toBeUndefined();
    expect(ceiling("inputTokens", { ...of, endpoint: "mantle" })).toBeUndefined();
  });
});

describe("where a profile may run", () => {
  const destinations = (profile: ProfileRow, asked: string = profile.id) =>
    found({ profiles: [profile] }).destinations(asked, place);

  it("is every Region of its models, in whatever order AWS lists them", () => {
    expect(destinations(profileRow(`us.${sonnet}`, ["us-west-2", "us-east-1", "us-west-2"]))).toEqual([
      "us-east-1",
      "us-west-2",
    ]);
  });

  it("is found by its ARN too", () => {
    const arn = `arn:aws:bedrock:us-east-1:111111111111:inference-profile/us.${sonnet}`;

    expect(destinations(profileRow(`us.${sonnet}`, ["us-east-1"]), arn)).toEqual(["us-east-1"]);
  });

  it("is not known for one that may run anywhere, one that is not listed, and one without models", () => {
    expect(destinations(profileRow(`global.${sonnet}`, ["us-east-1", ""]))).toBeUndefined();
    expect(destinations(profileRow(`us.${sonnet}`), "eu.other")).toBeUndefined();
    expect(destinations(profileRow(`us.${sonnet}`, []))).toBeUndefined();
  });

  it("is not known for a model that is named in a way nobody understands", () => {
    expect(destinations({ ...profileRow("us.x"), modelArns: ["what is this"] })).toBeUndefined();
  });
});

describe("the ids of a model", () => {
  const profiles = [profileRow(`us.${sonnet}`), profileRow(`global.${sonnet}`, [""])];
  const idsOf = (told: Told, model: string = sonnet) => found(told).idsOf(model, place);

  it("are its profiles, sorted, and its own where it has a quota of its own", () => {
    expect(idsOf({ profiles })).toEqual([
      { id: `global.${sonnet}`, endpoint: "runtime" },
      { id: `us.${sonnet}`, endpoint: "runtime" },
    ]);
    expect(idsOf({ rows: [sonnetRow(7)], profiles: [] })).toEqual([]);
    expect(idsOf({ rows: [sonnetRow(7, "on-demand")] })).toEqual([{ id: sonnet, endpoint: "runtime" }]);
  });

  it("are its profiles also where nobody can read its name: a fallback may have a limit for it", () => {
    const odd = "nobody.understands.this-v1:0:24k";

    expect(idsOf({ profiles: [profileRow(`us.${odd}`)] }, odd)).toEqual([{ id: `us.${odd}`, endpoint: "runtime" }]);
  });

  it("leave out profiles that are another model's, not active, or the account's own", () => {
    const others = [
      profileRow("us.amazon.nova-pro-v1:0"),
      profileRow(`us.${sonnet}`, ["us-east-1"], { isActive: false }),
      profileRow(`us.${sonnet}`, ["us-east-1"], { type: "application" }),
      profileRow(`us.${sonnet}-v2`),
    ];

    expect(idsOf({ profiles: others })).toEqual([]);
  });

  it("are one of mantle, without a version, where mantle has a quota for it", () => {
    const opus = quotaRow("[bedrock-mantle endpoint] Input tokens per minute for Claude Opus 4.7", 7);

    expect(idsOf({ rows: [opus] }, "anthropic.claude-opus-4-7")).toEqual([
      { id: "anthropic.claude-opus-4-7", endpoint: "mantle" },
    ]);
    expect(idsOf({ rows: [opus] }, "anthropic.claude-opus-4-7-v1:0")).toEqual([
      { id: "anthropic.claude-opus-4-7", endpoint: "mantle" },
    ]);

    const gpt = quotaRow("[bedrock-mantle endpoint] Input tokens per minute for OpenAI GPT OSS 120B", 7);
    expect(idsOf({ rows: [gpt] }, "openai.gpt-oss-120b-1:0")).toEqual([
      { id: "openai.gpt-oss-120b", endpoint: "mantle" },
    ]);
  });

  it("are none of mantle with a colon, which mantle's have not", () => {
    const odd = quotaRow("[bedrock-mantle endpoint] Input tokens per minute for Claude Opus 4.7", 7);

    expect(idsOf({ rows: [odd] }, "anthropic.claude-opus-4-7:0")).toEqual([]);
  });
});
