import { describe, expect, it } from "vitest";
import { bedrockQuotaRows } from "./bedrock-quota-rows.ts";
import { inferenceRows } from "./inference-rows.ts";
import { SimulatedServiceQuotas } from "./simulated-service-quotas.ts";

const place = { accountId: "111111111111", region: "us-east-1" };
const sonnet = "L-15B8E632";

describe("the quotas of Bedrock", () => {
  it("are about as many as AWS lists, each with a code and a name of its own", () => {
    expect(bedrockQuotaRows.length).toBeGreaterThan(1_050);
    expect(bedrockQuotaRows.length).toBeLessThan(1_200);
    expect(new Set(bedrockQuotaRows.map(({ code }) => code)).size).toBe(bedrockQuotaRows.length);
    expect(new Set(bedrockQuotaRows.map(({ name }) => name)).size).toBe(bedrockQuotaRows.length);
  });

  it("are of models only where AWS has such a quota: what was made up to fill the list limits no inference", () => {
    const models = new Set(inferenceRows.map(({ name }) => name));
    const madeUp = bedrockQuotaRows.filter(({ name }) => !models.has(name));

    const speaking = madeUp.filter(({ name }) =>
      /inference (tokens|requests) per|(tokens|requests) per (minute|day)/i.test(name),
    );
    expect(speaking).toEqual([]);
    expect(madeUp.every(({ code }) => code.startsWith("L-SIM"))).toBe(true);
  });

  it("are spelled as AWS spells them", () => {
    const names = new Set(bedrockQuotaRows.map(({ name }) => name));

    for (const name of [
      "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6",
      "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1 1M Context Length",
      "Cross-Region model inference tokens per minute for Anthropic Claude 3 Haiku",
      "Global cross-region model inference tokens per day for Anthropic Claude Haiku 4.5",
      "Model invocation max tokens per day for Anthropic Claude Sonnet 4.5 V1 (doubled for cross-region calls)",
      "[bedrock-mantle endpoint] Input tokens per minute for Claude Opus 4.7",
      "Cross-Model Max Tokens Per Day",
    ]) {
      expect(names).toContain(name);
    }
  });

  it.each([
    ["L-7C42E72A", "us-east-2", 8_000_000],
    ["L-7C42E72A", "eu-west-1", 400_000],
    ["L-6E888CC2", "us-east-1", 1_000_000],
    ["L-6E888CC2", "eu-central-1", 100_000],
    ["L-6E888CC2", "ap-south-1", 50_000],
    ["L-DCADBC78", "ap-northeast-1", 400_000],
    [sonnet, "eu-west-1", 6_000_000],
    ["L-SIM00156", "eu-west-2", 3_000_000],
    ["L-SIM00156", "us-east-1", undefined],
  ])("are not the same everywhere: %s in %s", (code, region, value) => {
    expect(new SimulatedServiceQuotas().defaultOf({ region }, code)?.value).toBe(value);
  });
});

describe("applied values", () => {
  it("are there only where somebody set them, of the quotas of models", () => {
    const quotas = new SimulatedServiceQuotas({ applied: [{ ...place, code: sonnet, value: 4_000 }] });

    const applied = quotas.applied(place).filter(({ row }) => inferenceRows.includes(row));
    expect(applied).toEqual([{ row: expect.objectContaining({ code: sonnet }), value: 4_000 }]);
    expect(quotas.appliedOf({ ...place, region: "us-west-2" }, sonnet)).toBeUndefined();
    expect(quotas.appliedOf({ ...place, accountId: "222222222222" }, sonnet)).toBeUndefined();
    expect(quotas.defaultOf(place, sonnet)?.value).toBe(6_000_000);
    expect(quotas.applied(place).length).toBeGreaterThan(1_000);
  });

  it("change, and whoever listens is told", () => {
    const quotas = new SimulatedServiceQuotas();
    const heard: unknown[] = [];
    const listening = quotas.onApply((...news) => heard.push(news));

    quotas.apply(place, sonnet, 0);
    listening[Symbol.dispose]();
    quotas.apply(place, sonnet, 5);

    expect(heard).toEqual([[place, sonnet, 0]]);
    expect(quotas.appliedOf(place, sonnet)?.value).toBe(5);
  });

  it("are refused for a quota that there is not, and below 0", () => {
    const quotas = new SimulatedServiceQuotas();

    expect(() => quotas.apply(place, "L-NONE", 1)).toThrow("cannot apply 1 to L-NONE in us-east-1");
    expect(() => quotas.apply(place, "L-SIM00156", 1)).toThrow("in us-east-1");
    expect(() => quotas.apply(place, sonnet, -1)).toThrow("cannot apply -1");
  });
});

describe("a request for more", () => {
  const wish = { code: sonnet, desiredValue: 6_000_001 };

  it("waits, becomes a case, and is applied when it is approved", () => {
    const quotas = new SimulatedServiceQuotas();

    const asked = quotas.request(place, wish, 1_000);

    if (asked.kind !== "request") throw new Error(asked.name);
    expect(asked).toMatchObject({ status: "PENDING", desiredValue: 6_000_001, createdAtMs: 1_000 });
    expect(quotas.history(place, 61_000)).toMatchObject([
      { id: asked.id, status: "CASE_OPENED", caseId: expect.any(String) },
    ]);
    expect(quotas.appliedOf(place, sonnet)).toBeUndefined();
    quotas.approve(asked.id, 70_000);
    expect(quotas.appliedOf(place, sonnet)?.value).toBe(6_000_001);
    expect(quotas.history(place, 80_000)).toMatchObject([{ status: "APPROVED", updatedAtMs: 70_000 }]);
    expect(quotas.history({ ...place, region: "us-west-2" }, 80_000)).toEqual([]);
  });

  it("stays pending where no case may be opened, and changes nothing when it is denied", () => {
    const quotas = new SimulatedServiceQuotas();
    const asked = quotas.request(place, { ...wish, mayOpenCase: false }, 0);
    if (asked.kind !== "request") throw new Error(asked.name);

    expect(quotas.history(place, 1e9)).toMatchObject([{ status: "PENDING" }]);
    quotas.deny(asked.id, 1e9);

    expect(quotas.history(place, 1e9)).toMatchObject([{ status: "DENIED" }]);
    expect(quotas.appliedOf(place, sonnet)).toBeUndefined();
    expect(() => quotas.approve(asked.id, 1e9)).toThrow("no open request");
  });

  it("must be for more than the default, also where less is applied", () => {
    const quotas = new SimulatedServiceQuotas({ applied: [{ ...place, code: sonnet, value: 0 }] });

    expect(quotas.request(place, { code: sonnet, desiredValue: 6_000_000 }, 0)).toMatchObject({
      kind: "problem",
      name: "IllegalArgumentException",
      message: expect.stringContaining("greater than"),
    });
    expect(quotas.request(place, { code: sonnet, desiredValue: Number.NaN }, 0)).toMatchObject({ kind: "problem" });
  });

  it.each([
    ["that is not adjustable", "L-9DC5F595", "IllegalArgumentException"],
    ["that there is not", "L-NONE", "NoSuchResourceException"],
  ])("is refused for a quota %s", (_, code, name) => {
    expect(new SimulatedServiceQuotas().request(place, { code, desiredValue: 1e12 }, 0)).toMatchObject({ name });
  });

  it("is refused while another for the same quota is open", () => {
    const quotas = new SimulatedServiceQuotas();
    const first = quotas.request(place, wish, 0);

    expect(quotas.request(place, wish, 1)).toMatchObject({ name: "ResourceAlreadyExistsException" });
    expect(quotas.request({ ...place, region: "us-west-2" }, wish, 1)).toMatchObject({ kind: "request" });
    if (first.kind === "request") quotas.deny(first.id, 2);
    expect(quotas.request(place, wish, 3)).toMatchObject({ kind: "request" });
  });

  it("is refused when 20 of the account are open, wherever they are", () => {
    const quotas = new SimulatedServiceQuotas();
    const adjustable = inferenceRows.filter(({ isAdjustable }) => isAdjustable).slice(0, 21);
    const ask = (code: string, index: number): unknown =>
      quotas.request(
        { ...place, region: index % 2 === 0 ? "us-east-1" : "us-west-2" },
        { code, desiredValue: 1e12 },
        0,
      );

    const answers = adjustable.map(({ code }, index) => ask(code, index));

    expect(answers.slice(0, 20).every((answer) => (answer as { kind: string }).kind === "request")).toBe(true);
    expect(answers[20]).toMatchObject({ name: "QuotaExceededException" });
    expect(quotas.request({ ...place, accountId: "222222222222" }, wish, 0)).toMatchObject({ kind: "request" });
  });
});
