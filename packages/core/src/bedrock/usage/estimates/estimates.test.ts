import { describe, expect, it } from "vitest";
import { ManualClock } from "../../testing/manual-clock.test.kit.ts";
import { endedAt } from "../../testing/answer-lengths.test.kit.ts";
import { exampleConfig, exampleModel } from "../../testing/example-config.test.kit.ts";
import { parseConfig } from "../../config/parse.ts";
import type { MaxTokensInput } from "../../config/max-tokens.ts";
import { buildFleet } from "../../fleet/build-fleet.ts";
import type { ServedModel } from "../../fleet/served-model.ts";
import { Estimates } from "./estimates.ts";

const prompt = "arn:aws:bedrock:us-east-1:111111111111:prompt/ABC:1";

function open(
  maxTokens: MaxTokensInput = { unset: "learned", risk: 0.01 },
  models: readonly string[] = ["sonnet", "other"],
) {
  const servedByPrompt = exampleModel({
    servedBy: [{ id: prompt, baseModel: "anthropic.claude-sonnet-4-6", destinations: ["us-east-1"] }],
  });
  const byName = { ...Object.fromEntries(models.map((name) => [name, exampleModel()])), prompted: servedByPrompt };
  const config = parseConfig(exampleConfig({ models: byName, maxTokens }));
  const fleet = buildFleet(config);
  const clock = new ManualClock();
  const estimates = new Estimates({ fleet, clock, maxTokens: config.maxTokens, minuteMs: 60_000 });
  const model = (name: string): ServedModel => fleet.models.get(name)!;
  return { estimates, clock, model };
}

function teach(estimates: Estimates, model: ServedModel, { tenant, tokens = 100, calls = 1_100 }: Lesson = {}): void {
  for (let call = 0; call < calls; call++) estimates.learnLength(model, tenant, endedAt(tokens, 64_000));
}

interface Lesson {
  readonly tenant?: string;
  readonly tokens?: number;
  readonly calls?: number;
}

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("the maximum that is filled in", () => {
  it("is half as much again as the length learnt, of each model on its own", () => {
    const { estimates, model } = open();
    teach(estimates, model("sonnet"));

    expect(estimates.filledMaxTokens(model("sonnet"))).toBe(Math.ceil(103 * 1.5));
    expect(estimates.filledMaxTokens(model("other"))).toBeUndefined();
  });

  it("is the model's while the policy is off, whatever was learnt", () => {
    const { estimates, model } = open({});
    teach(estimates, model("sonnet"), { calls: 20_000 });

    expect(estimates.filledMaxTokens(model("sonnet"))).toBeUndefined();
  });

  it("is never above the model's", () => {
    const { estimates, model } = open();
    teach(estimates, model("sonnet"), { tokens: 50_000 });

    expect(model("sonnet").maxOutputTokens).toBe(64_000);
    expect(estimates.filledMaxTokens(model("sonnet"))).toBeUndefined();
  });

  it("goes by the tenant's own answers: those of others cut none of its", () => {
    const { estimates, model } = open();
    teach(estimates, model("sonnet"), { tenant: "brief" });
    teach(estimates, model("sonnet"), { tenant: "long", tokens: 4_000 });
    teach(estimates, model("sonnet"), { calls: 900, tokens: 700 });

    expect(estimates.filledMaxTokens(model("sonnet"), "brief")).toBeLessThan(200);
    expect(estimates.filledMaxTokens(model("sonnet"), "long")).toBeGreaterThan(6_000);
    expect(estimates.filledMaxTokens(model("sonnet"), "new")).toBeUndefined();
    expect(estimates.filledMaxTokens(model("sonnet"))).toBeUndefined();
  });

  it("is none for a prompt that AWS keeps, which says its own", () => {
    const { estimates, model } = open();
    teach(estimates, model("prompted"));

    expect(model("prompted").targets[0]?.modelId).toBe(prompt);
    expect(estimates.filledMaxTokens(model("prompted"))).toBeUndefined();
  });
});

describe("what a model's text makes", () => {
  it("is a tenant's own once it has taught it, and everybody's until then", () => {
    const { estimates, model } = open();
    const sonnet = model("sonnet");
    for (let call = 0; call < 300; call++) estimates.learnText(sonnet, undefined, { bytes: 4_000, tokens: 1_000 });
    const everybody = estimates.tokensPerByte(sonnet);
    estimates.learnLength(sonnet, "kana", endedAt(100, 1_000));

    const before = estimates.tokensPerByte(sonnet, "kana");
    for (let call = 0; call < 20; call++) estimates.learnText(sonnet, "kana", { bytes: 4_000, tokens: 2_000 });

    expect(before).toBe(everybody);
    expect(estimates.tokensPerByte(sonnet, "kana")).toBeGreaterThan(0.45);
    expect(estimates.tokensPerByte(sonnet, "another")).toBe(estimates.tokensPerByte(sonnet));
    expect(estimates.tokensPerByte(sonnet, "default")).toBe(estimates.tokensPerByte(sonnet));
  });
});

describe("advice", () => {
  it("comes for each model, of all its calls or of one tenant's, at the pace they come", async () => {
    const { estimates, model, clock } = open();
    for (let second = 0; second < 120; second++) {
      teach(estimates, model("sonnet"), { tenant: second % 2 === 0 ? "a" : "b", calls: 2, tokens: 100 });
      await clock.advance(1_000);
    }

    const all = estimates.advice({});
    const ofOne = estimates.advice({ model: "sonnet", tenant: "a", risks: [0.2] });

    expect(all.map(({ model: name, calls }) => [name, calls])).toEqual([
      ["sonnet", 240],
      ["other", 0],
      ["prompted", 0],
    ]);
    expect(all[0]?.callsPerMinute).toBeCloseTo(120, -1);
    expect(all[0]?.choices.map(({ risk }) => risk)).toEqual([0.01, 0.001]);
    expect(ofOne).toMatchObject([
      { model: "sonnet", tenant: "a", calls: 120, choices: [{ kind: "known", risk: 0.2 }] },
    ]);
    expect(estimates.advice({ model: "sonnet", tenant: "nobody" })).toMatchObject([{ calls: 0 }]);
  });

  it("refuses a risk that is no share, and a model that is not there", () => {
    const { estimates } = open();

    for (const risk of [0, 1, -1, Number.NaN, 5]) {
      expect(() => estimates.advice({ risks: [risk] })).toThrow(/risks must be numbers above 0 and below 1, got/);
    }
    expect(() => estimates.advice({ model: "sonet" })).toThrow(/sonnet/);
  });
});

describe("what was learnt", () => {
  it("survives a restart, of models and of tenants", () => {
    const before = open();
    teach(before.estimates, before.model("sonnet"), { tenant: "a" });
    teach(before.estimates, before.model("sonnet"));
    before.estimates.learnText(before.model("sonnet"), "a", { bytes: 4_000, tokens: 3_000 });
    const after = open();

    const reading = after.estimates.fromState(throughJson(before.estimates.toState()));

    expect(reading).toEqual({ restored: 3, ignored: 0 });
    for (const tenant of [undefined, "a"]) {
      const [one, other] = [before, after].map(({ estimates, model }) => [
        estimates.filledMaxTokens(model("sonnet"), tenant),
        estimates.tokensPerByte(model("sonnet"), tenant),
      ]);
      expect(other).toEqual(one);
      expect(one?.[0]).toBeGreaterThan(100);
    }
    expect(after.estimates.toState()).toEqual(before.estimates.toState());
  });

  it("is ignored where it cannot be read, and taken where it can", () => {
    const { estimates, model } = open();
    teach(estimates, model("sonnet"));
    teach(estimates, model("sonnet"), { tenant: "__proto__" });
    const state = throughJson(estimates.toState()) as { estimates: Record<string, unknown>[] };
    const [whole, ...tenants] = state.estimates;
    const broken = [
      7,
      null,
      { ...whole, model: "gone" },
      { ...whole, family: "nova" },
      { ...whole, lengths: { ...(whole?.["lengths"] as object), squares: -1 } },
      { ...whole, ratio: { tokens: 1, bytes: 0, spread: 0 } },
      { ...whole, ratio: { tokens: 1e9, bytes: 1, spread: 0 } },
    ];
    const after = open();

    const reading = after.estimates.fromState({ version: 1, estimates: [...broken, whole, ...tenants] });

    expect(reading).toEqual({ restored: 3, ignored: broken.length });
    expect(after.estimates.advice({ model: "sonnet" })[0]?.calls).toBe(2_200);
    expect(after.estimates.filledMaxTokens(after.model("sonnet"), "__proto__")).toBeGreaterThan(100);
  });

  it.each([[undefined], [null], ["text"], [[]], [{}], [{ version: 2, estimates: [] }], [{ version: 1, estimates: 7 }]])(
    "goes on from nothing when the state is %j",
    (state) => {
      const { estimates } = open();

      expect(estimates.fromState(state)).toEqual({ restored: 0, ignored: 1 });
      expect(estimates.advice({ model: "sonnet" })[0]?.calls).toBe(0);
    },
  );

  it("of a thousand tenants at most is kept, those used last", () => {
    const { estimates, model } = open();
    for (let tenant = 0; tenant < 1_200; tenant++)
      teach(estimates, model("sonnet"), { tenant: `t${tenant}`, calls: 1 });

    const callsOf = (tenant: string) => estimates.advice({ model: "sonnet", tenant })[0]?.calls;

    expect([callsOf("t0"), callsOf("t199"), callsOf("t200"), callsOf("t1199")]).toEqual([0, 0, 1, 1]);
    expect(estimates.advice({ model: "sonnet" })[0]?.calls).toBe(1_200);
  });
});
