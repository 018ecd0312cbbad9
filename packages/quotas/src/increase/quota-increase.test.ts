import { NotSentError, ShardrockError } from "@shardrock/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  FakeDesk,
  accountId,
  load,
  manyModels,
  modelId,
  onDemandRow,
  quota,
  region,
  requestsRow,
  wish,
} from "./increase.test.kit.ts";
import type { IncreasePlan, OpenIncrease } from "./increase-plan.ts";
import { quotaIncrease } from "./quota-increase.ts";

const tokensRow = quota();

function plan(over: Partial<IncreasePlan> = {}): IncreasePlan {
  return { wishes: [wish({ tokensPerMinute: 12_000_000 })], quotas: [tokensRow], open: [], ...over };
}

describe("a request for a higher quota", () => {
  it("asks for the row of the model and scope that is wished for", () => {
    const { requests, refused } = quotaIncrease(plan({ quotas: [onDemandRow, requestsRow, tokensRow] }));

    expect(refused).toEqual([]);
    expect(requests).toEqual([
      {
        accountId,
        region,
        code: "L-15B8E632",
        name: tokensRow.name,
        unit: "tokens",
        modelId,
        from: 6_000_000,
        default: 6_000_000,
        to: 12_000_000,
      },
    ]);
  });

  it("says what it would ask and why, in the words of AWS's form", () => {
    const wishes = [wish({ tokensPerMinute: 12_000_000, useCase: "Answers for\nour customers" })];

    expect(quotaIncrease(plan({ wishes })).lines).toEqual([
      "Account No: 111111111111, Region: us-east-1: ask for 12,000,000 tokens per minute",
      "  Quota: Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6 (L-15B8E632), now 6,000,000, default 6,000,000",
      "  Use case description: Answers for our customers",
      "  Model name: anthropic.claude-sonnet-4-6",
      "  Limit type: OD (on demand), CRIS enabled: True (geo)",
      "  Steady state TPM: 4,000,000, peak state TPM: 11,000,000",
      "  Steady state RPM: 900, peak state RPM: 2,500",
      "  Average input tokens per request: 3,200",
      "  Average output tokens per request: 410.5",
      "1 to ask, 0 not. Nothing is sent before send({ confirm: true }).",
    ]);
  });

  it("is one for a model's cross-Region tokens, and Support offers the rest with it", () => {
    const wishes = [
      wish({ tokensPerMinute: 12_000_000, requestsPerMinute: 20_000 }),
      wish({ scope: "on-demand", tokensPerMinute: 5_000_000 }),
    ];

    const { requests, refused, lines } = quotaIncrease(plan({ wishes, quotas: [tokensRow, requestsRow, onDemandRow] }));

    expect(requests.map(({ code }) => code)).toEqual(["L-15B8E632"]);
    expect(refused.map(({ unit, scope, comesWith }) => [unit, scope, comesWith])).toEqual([
      ["requests", "geo", "L-15B8E632"],
      ["tokens", "on-demand", "L-15B8E632"],
    ]);
    expect(lines).toContain("  Wanted with it, when Support offers it: 20,000 requests per minute (geo)");
    expect(lines).toContain("  Wanted with it, when Support offers it: 5,000,000 tokens per minute (on-demand)");
  });

  it("is for the cross-Region requests themselves when no tokens are wished for", () => {
    const { requests } = quotaIncrease(
      plan({ wishes: [wish({ requestsPerMinute: 20_000 })], quotas: [tokensRow, requestsRow] }),
    );

    expect(requests.map(({ code, to }) => [code, to])).toEqual([["L-REQUESTS", 20_000]]);
  });

  it("is for the global quota apart from the cross-Region one", () => {
    const globalRow = quota({
      code: "L-GLOBAL",
      name: "Global cross-region model inference requests per minute for Anthropic Claude Sonnet 4.6",
      default: 10_000,
    });
    const wishes = [wish({ tokensPerMinute: 12_000_000 }), wish({ scope: "global", requestsPerMinute: 20_000 })];

    const { requests } = quotaIncrease(plan({ wishes, quotas: [tokensRow, globalRow] }));

    expect(requests.map(({ code }) => code)).toEqual(["L-15B8E632", "L-GLOBAL"]);
  });

  it("warns that an account on hold needs Support first", () => {
    const { requests, lines } = quotaIncrease(plan({ quotas: [quota({ applied: 0 })] }));

    expect(requests).toHaveLength(1);
    expect(lines.join("\n")).toContain("the account is on hold");
  });
});

describe("what AWS's API does not take", () => {
  it.each([
    ["a quota that is not adjustable", { quotas: [quota({ isAdjustable: false })] }, /not adjustable/, /support case/],
    ["no more than the account has", { quotas: [quota({ applied: 12_000_000 })] }, /has 12,000,000/, /more than/],
    [
      "no more than the default, of an account that has less",
      { quotas: [quota({ applied: 0, default: 12_000_000 })] },
      /only what is above the default of 12,000,000/,
      /support case.*default restored/,
    ],
    ["a quota whose default is not known", { quotas: [quota({ default: undefined })] }, /default is not known/, /read/],
    ["a quota that nobody has read", { quotas: [] }, /no such quota is known/, /read the quotas/],
    ["a quota of another Region", { quotas: [quota({ region: "eu-west-1" })] }, /no such quota is known/, /read/],
    [
      "another model's quota",
      { wishes: [wish({ modelId: "anthropic.claude-sonnet-4-5-20250929-v1:0", tokensPerMinute: 12e6 })] },
      /no such quota is known/,
      /read/,
    ],
    [
      "one of two quotas that contradict each other",
      { quotas: [tokensRow, quota({ code: "L-TWIN", default: 1 })] },
      /two contradict each other/,
      /read/,
    ],
    [
      "a quota for which a request is open",
      { open: [{ accountId, region, code: "L-15B8E632" }] },
      /one at a time/,
      /wait/,
    ],
    [
      "a quota of the mantle endpoint",
      { wishes: [wish({ endpoint: "mantle", scope: "on-demand", inputTokensPerMinute: 30_000_000 })] },
      /mantle endpoint through Support/,
      /support case/,
    ],
  ])("is refused with what to do instead: %s", (_, over: Partial<IncreasePlan>, why, instead) => {
    const { requests, refused, lines } = quotaIncrease(plan(over));

    expect(requests).toEqual([]);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.why).toMatch(why);
    expect(refused[0]?.instead).toMatch(instead);
    expect(lines.join("\n")).toContain(refused[0]?.why);
  });

  it("is a twenty-first request of an account, those of all its Regions and services counted", () => {
    const open = Array.from({ length: 18 }, (_, n): OpenIncrease => ({
      accountId,
      region: "eu-west-1",
      code: `ec2/L-${n}`,
    }));

    const { requests, refused } = quotaIncrease({ ...manyModels(5), open });

    expect(requests.map(({ code }) => code)).toEqual(["L-0", "L-1"]);
    expect(refused.map(({ why }) => why)).toEqual(Array(3).fill(expect.stringContaining("at most 20 requests")));
  });

  it("is a third request in a Region that was opted in to", () => {
    const { requests, refused } = quotaIncrease({ ...manyModels(3, { accountId, region: "eu-south-1" }), open: [] });

    expect(requests).toHaveLength(2);
    expect(refused[0]?.why).toContain("at most 2 requests at a time in eu-south-1");
  });

  it("is never asked, whatever is wished for and known", () => {
    const value = fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined });
    const row = fc.record({ applied: value, default: value, isAdjustable: fc.boolean() });

    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (rows, to) => {
        const { wishes, quotas } = manyModels(rows.length);
        const { requests, refused } = quotaIncrease({
          wishes: wishes.map((each) => ({ ...each, tokensPerMinute: to })),
          quotas: quotas.map((each, index) => ({ ...each, ...rows[index] })),
          open: [],
        });

        expect(requests.length + refused.length).toBe(rows.length);
        expect(requests.length).toBeLessThanOrEqual(20);
        for (const request of requests) {
          const known = rows[Number(request.code.slice(2))];
          expect(known?.isAdjustable).toBe(true);
          expect(to).toBeGreaterThan(known?.default ?? Number.POSITIVE_INFINITY);
          expect(to).toBeGreaterThan(known?.applied ?? 0);
        }
      }),
    );
  });
});

describe("sending", () => {
  const confirmed = { confirm: true } as const;

  it.each([[{ confirm: false }], [{}], [{ confirm: "yes" }], [{ confirm: 1 }]])(
    "needs an explicit confirmation, and sends nothing with %j",
    async (options) => {
      const desk = new FakeDesk();
      const { send } = quotaIncrease(plan({ desk }));

      await expect(send(options as never)).rejects.toMatchObject({ code: "option-invalid" });

      expect([desk.asked, desk.looked]).toEqual([[], []]);
    },
  );

  it("needs a desk", async () => {
    await expect(quotaIncrease(plan()).send(confirmed)).rejects.toMatchObject({
      code: "option-invalid",
      message: "desk must be given to send, got undefined",
    });
  });

  it("does not happen while planning", () => {
    const desk = new FakeDesk();

    quotaIncrease(plan({ desk }));

    expect([desk.asked, desk.looked]).toEqual([[], []]);
  });

  it("happens once, however often and at the same time it is called", async () => {
    const desk = new FakeDesk();
    const prepared = quotaIncrease(plan({ desk }));

    const results = await Promise.all([prepared.send(confirmed), prepared.send(confirmed)]);
    await prepared.send(confirmed);

    expect(desk.asked).toEqual(["L-15B8E632 12000000"]);
    expect(results[0]).toBe(results[1]);
    expect(results[0]).toMatchObject([{ kind: "taken", requestId: "r", status: "PENDING" }]);
  });

  it("happens once even when its answer got lost", async () => {
    const desk = new FakeDesk();
    desk.answers.set("L-15B8E632", new Error("socket hang up"));
    const prepared = quotaIncrease(plan({ desk }));

    const [first] = await prepared.send(confirmed);
    await prepared.send(confirmed);

    expect(first).toMatchObject({ kind: "unknown", cause: { message: "socket hang up" } });
    expect(desk.asked).toHaveLength(1);
  });

  it("leaves out what somebody else asked for since the plan was made", async () => {
    const desk = new FakeDesk();
    desk.opened.push({ accountId, region, code: "L-15B8E632" });

    const results = await quotaIncrease(plan({ desk })).send(confirmed);

    expect(results).toMatchObject([{ kind: "not-sent", reason: "a request for this quota is open by now" }]);
    expect(desk.asked).toEqual([]);
  });

  it("stops at twenty that are open by now", async () => {
    const desk = new FakeDesk();
    for (let n = 0; n < 19; n += 1) desk.opened.push({ accountId, region, code: `ec2/L-${n}` });

    const results = await quotaIncrease({ ...manyModels(3), open: [], desk }).send(confirmed);

    expect(results.map(({ kind }) => kind)).toEqual(["taken", "not-sent", "not-sent"]);
  });

  it("goes on after a request that failed, and says what became of each", async () => {
    const desk = new FakeDesk();
    desk.answers.set("L-0", new Error("reset"));
    desk.answers.set("L-1", { kind: "turned-down", reason: "IllegalArgumentException: no" });
    desk.answers.set("L-2", new NotSentError(new Error("closed")));

    const results = await quotaIncrease({ ...manyModels(4), open: [], desk }).send(confirmed);

    expect(results.map(({ request, kind }) => [request.code, kind])).toEqual([
      ["L-0", "unknown"],
      ["L-1", "turned-down"],
      ["L-2", "not-sent"],
      ["L-3", "taken"],
    ]);
  });

  it("does not hold a request that was turned down against the next one", async () => {
    const desk = new FakeDesk();
    desk.answers.set("L-0", { kind: "turned-down", reason: "no" });
    const place = { accountId, region: "eu-south-1" };
    desk.opened.push({ ...place, code: "ec2/L-9" });

    const results = await quotaIncrease({ ...manyModels(2, place), open: [], desk }).send(confirmed);

    expect(results.map(({ kind }) => kind)).toEqual(["turned-down", "taken"]);
  });

  it("sends nothing where it cannot see what is open", async () => {
    const desk = new FakeDesk();
    desk.fails = new Error("AccessDenied");

    const results = await quotaIncrease(plan({ desk })).send(confirmed);

    expect(results).toMatchObject([{ kind: "not-sent", cause: { message: "AccessDenied" } }]);
    expect(desk.asked).toEqual([]);
  });

  it("looks once in each account and Region", async () => {
    const desk = new FakeDesk();
    const elsewhere = manyModels(2, { accountId: "222222222222", region });
    const here = manyModels(2);
    const both = { wishes: [...here.wishes, ...elsewhere.wishes], quotas: [...here.quotas, ...elsewhere.quotas] };

    await quotaIncrease({ ...both, open: [], desk }).send(confirmed);

    expect(desk.looked).toEqual(["111111111111/us-east-1", "222222222222/us-east-1"]);
    expect(desk.asked).toHaveLength(4);
  });

  it("can be called off between two requests", async () => {
    const desk = new FakeDesk();
    const caller = new AbortController();
    desk.onRequest = () => caller.abort(new Error("changed my mind"));

    const results = await quotaIncrease({ ...manyModels(3), open: [], desk }).send({
      ...confirmed,
      signal: caller.signal,
    });

    expect(desk.asked).toHaveLength(1);
    expect(results.map(({ kind }) => kind)).toEqual(["taken", "not-sent", "not-sent"]);
  });

  it("sends what was shown, whatever becomes of the caller's lists", async () => {
    const desk = new FakeDesk();
    const wishes = [wish({ tokensPerMinute: 12_000_000 })];
    const prepared = quotaIncrease(plan({ wishes, desk }));

    wishes[0] = wish({ tokensPerMinute: 99_000_000 });
    (prepared.requests as unknown[]).length = 0;
    await prepared.send(confirmed);

    expect(desk.asked).toEqual(["L-15B8E632 12000000"]);
  });
});

describe("a plan that breaks a rule", () => {
  const other = (over: object): IncreasePlan => plan({ wishes: [wish({ tokensPerMinute: 12e6, ...over })] });

  it.each<[string, IncreasePlan]>([
    ["wishes[0].accountId must be 12 digits in quotes, got 1", other({ accountId: 1 })],
    ["wishes[0].region must be a Region such as us-east-1, got us", other({ region: "us" })],
    [
      "wishes[0].modelId must be a foundation model's id such as anthropic.claude-sonnet-4-6, not a profile's and no ARN, got us.anthropic.claude-sonnet-4-6",
      other({ modelId: "us.anthropic.claude-sonnet-4-6" }),
    ],
    ["wishes[0].scope must be one of on-demand, geo, global, got apac", other({ scope: "apac" })],
    ["wishes[0].endpoint must be one of runtime, mantle, got edge", other({ endpoint: "edge" })],
    [
      "wishes[0].tokensPerMinute must be a whole number from 1 up to 1000000000000, got 1.5",
      other({ tokensPerMinute: 1.5 }),
    ],
    [
      "wishes[0].tokensPerMinute must be a whole number from 1 up to 1000000000000, got NaN",
      other({ tokensPerMinute: Number.NaN }),
    ],
    [
      "wishes[0].tokensPerMinute must be left out: the mantle endpoint does not count it, got 12000000",
      other({ endpoint: "mantle", scope: "on-demand" }),
    ],
    ["wishes[0].scope must be on-demand: mantle has no profiles, got geo", other({ endpoint: "mantle" })],
    ["desk must have the functions open and request, got some object", plan({ desk: {} as never })],
    ["plan must be given as an object, got undefined", undefined as never],
    ["quotas[0] must be given as an object, got null", plan({ quotas: [null as never] })],
    [
      "wishes[0].inputTokensPerMinute must be left out: the runtime endpoint does not count it, got 5",
      other({ inputTokensPerMinute: 5 }),
    ],
    ["wishes[0] must want a ceiling, such as tokensPerMinute, got none", other({ tokensPerMinute: undefined })],
    ["wishes[0].load must be given as an object, got undefined", other({ load: undefined })],
    [
      "wishes[0].load.averageInputTokens must be a number from 0 up to 1000000000000, got -1",
      other({ load: { ...load, averageInputTokens: -1 } }),
    ],
    [
      "wishes[0].load.peakTokensPerMinute must not be below steadyTokensPerMinute, which is 4000000, got 5",
      other({ load: { ...load, peakTokensPerMinute: 5 } }),
    ],
    ["wishes[0].useCase must be a text of at most 2000 characters, got string", other({ useCase: "x".repeat(2001) })],
    [
      "wishes[1].tokensPerMinute must be wished for once for each model and scope of an account and Region, got it in wishes[0] too",
      plan({ wishes: [wish({ tokensPerMinute: 1 }), wish({ tokensPerMinute: 2 })] }),
    ],
    ["quotas[0].default must be a number from 0 up, or left out, got -1", plan({ quotas: [quota({ default: -1 })] })],
    [
      "quotas[0].isAdjustable must be true or false, got yes",
      plan({ quotas: [quota({ isAdjustable: "yes" as never })] }),
    ],
    ["open[0].code must be a text, got undefined", plan({ open: [{ accountId, region } as never] })],
    ["wishes must be a list of at most 10000, got undefined", plan({ wishes: undefined as never })],
  ])("is refused: %s", (message, bad) => {
    expect(() => quotaIncrease(bad)).toThrow(expect.objectContaining({ code: "option-invalid", message }));
  });

  it("is refused in the library's own words, whatever it holds", () => {
    const paths = [[], ["wishes"], ["wishes", 0], ["quotas"], ["quotas", 0], ["open"], ["open", 0], ["desk"]];
    const ofWish = Object.keys(wish({ useCase: "", variant: "standard", endpoint: "runtime", tokensPerMinute: 1 }));
    const deep = [
      ...ofWish.map((key) => ["wishes", 0, key]),
      ...Object.keys(load).map((key) => ["wishes", 0, "load", key]),
    ];
    const ofQuota = Object.keys(tokensRow).map((key) => ["quotas", 0, key]);

    fc.assert(
      fc.property(fc.constantFrom(...paths, ...deep, ...ofQuota), fc.anything(), (path, garbage) => {
        const valid = plan({ open: [{ accountId, region, code: "x" }] });
        const outcome = failureOf(() => quotaIncrease(withAt(valid, path, garbage) as IncreasePlan));
        expect(outcome === undefined || outcome instanceof ShardrockError ? "" : outcome).toBe("");
      }),
      { numRuns: 2000 },
    );
  });
});

function failureOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

function withAt(value: unknown, [first, ...rest]: readonly (string | number)[], garbage: unknown): unknown {
  if (first === undefined) return garbage;
  const inner = withAt((value as Record<string | number, unknown>)[first], rest, garbage);
  return Array.isArray(value) ? value.with(Number(first), inner) : { ...(value as object), [first]: inner };
}
