import { ConverseCommand, ConverseStreamCommand, CountTokensCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import type { Cost } from "../../budget/quota.ts";
import type { AttemptFacts } from "../../routing/attempt-facts.ts";
import type { AttemptCall } from "../../routing/call.ts";
import { CallPlanner } from "./call-planner.ts";
import { parseConfig } from "../config/parse.ts";
import { exampleConfig } from "../testing/example-config.test.kit.ts";
import { plannerEdge } from "../testing/planner-edge.test.kit.ts";

const text = "x".repeat(40_000);

function open() {
  const settled: (Cost | undefined)[] = [];
  const noted: AttemptFacts[] = [];
  const call: AttemptCall = {
    signal: new AbortController().signal,
    callId: 1,
    attempt: 1,
    waitedMs: 0,
    commit: () => undefined,
    settle: (actual) => settled.push(actual),
    fail: () => undefined,
    note: (facts) => noted.push(facts),
  };
  const config = parseConfig(exampleConfig());
  const edge = plannerEdge(config);
  const target = edge.fleet.models.get("sonnet")!.targets[0]!;
  return { planner: new CallPlanner(edge), call, target, settled, noted };
}

function converse(content: object[] = [{ text }]): ConverseCommand {
  return new ConverseCommand({
    modelId: "sonnet",
    messages: [{ role: "user", content: content as [] }],
    inferenceConfig: { maxTokens: 1_000 },
  });
}

const costOf = ({ request }: { request: { candidates: readonly { cost: Cost }[] } }) =>
  request.candidates[0]?.cost.tokens ?? 0;

describe("planning a call", () => {
  it("offers every target of the model at what AWS will hold", () => {
    const { planner } = open();

    const plan = planner.plan(converse(), {});

    expect(plan.request.candidates).toHaveLength(4);
    expect(costOf(plan)).toBeGreaterThan(1_000 + 10_000);
    expect(costOf(plan)).toBeLessThan(1_000 + 11_100);
    expect(plan.request).toMatchObject({ pool: "sonnet", bytes: expect.any(Number) });
  });

  it("settles by burndown, and learns from calls of text only how many tokens text makes", () => {
    const { planner, call, target, settled } = open();
    const usage = { inputTokens: 20_000, outputTokens: 10, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };

    for (let n = 0; n < 5; n++)
      planner.plan(converse(), {}).outgoing.onUsage({ kind: "reported", usage }, call, target);

    expect(settled[0]).toEqual({ requests: 1, tokens: 20_000 + 5 * 10 });
    expect(costOf(planner.plan(converse(), {}))).toBeGreaterThan(1_000 + 19_000);
  });

  it("learns nothing from a call with an image, or without a usage", () => {
    const { planner, call, target, settled } = open();
    const before = costOf(planner.plan(converse(), {}));
    const image = { image: { format: "png", source: { bytes: new Uint8Array(9) } } };
    const usage = { inputTokens: 20_000, outputTokens: 10, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };

    planner.plan(converse([{ text }, image]), {}).outgoing.onUsage({ kind: "reported", usage }, call, target);
    planner.plan(converse(), {}).outgoing.onUsage({ kind: "missing" }, call, target);

    expect(costOf(planner.plan(converse(), {}))).toBe(before);
    expect(settled).toEqual([expect.anything(), undefined]);
  });

  it.each(["missing", "invalid"] as const)(
    "keeps the hold and learns nothing when usage is %s, and says so",
    (kind) => {
      const { planner, call, target, settled, noted } = open();
      const before = costOf(planner.plan(converse(), {}));

      planner.plan(converse(), {}).outgoing.onUsage({ kind }, call, target);

      expect(costOf(planner.plan(converse(), {}))).toBe(before);
      expect(settled).toEqual([undefined]);
      expect(noted).toEqual([{ usageSource: kind }]);
    },
  );

  it("says what was reported, and settles a call to bedrock-mantle by its own quotas", () => {
    const { planner, call, target, settled, noted } = open();
    const usage = { inputTokens: 20, outputTokens: 10, cacheReadInputTokens: 5, cacheWriteInputTokens: 3 };
    const { onUsage } = planner.plan(converse(), {}).outgoing;

    onUsage({ kind: "reported", usage }, call, { ...target, endpoint: "mantle" });

    expect(settled).toEqual([{ inputTokens: 23, outputTokens: 10 }]);
    expect(noted).toEqual([{ usageSource: "reported" }, { usage }]);
  });

  it("passes on how long, how urgent and where", () => {
    const { planner } = open();
    const { signal } = new AbortController();

    const { request } = planner.plan(converse(), {
      abortSignal: signal,
      shardrock: { priority: 3, maxWaitMs: 5, allowedRegions: ["us-east-1"] },
    });

    expect(request).toMatchObject({ priority: 3, maxWaitMs: 5, allowedRegions: ["us-east-1"], signal });
  });

  it("hears the SDK's older kind of abort signal", () => {
    const { planner } = open();
    const older = { aborted: false, onabort: null as (() => void) | null };

    const { request } = planner.plan(converse(), { abortSignal: older });
    older.onabort?.();

    expect(request.signal?.aborted).toBe(true);
  });

  it("says which operation it is, whether it streams, and whom to stay with", () => {
    const { planner } = open();
    const { input } = converse();

    const plain = planner.plan(converse(), { shardrock: { affinityKey: "conversation-7" } }).request;
    const streamed = planner.plan(new ConverseStreamCommand(input), {}).request;

    expect(plain).toMatchObject({ operation: "Converse", isStream: false, affinityKey: "conversation-7" });
    expect(streamed).toMatchObject({ operation: "ConverseStream", isStream: true });
    expect("affinityKey" in streamed).toBe(false);
  });

  it("says who a call is for", () => {
    const { planner } = open();

    expect(planner.plan(converse(), { shardrock: { tenant: "alice" } }).request.tenant).toBe("alice");
    expect("tenant" in planner.plan(converse(), {}).request).toBe(false);
    expect(() => planner.plan(converse(), { shardrock: { tenant: "" } })).toThrow(
      "shardrock.tenant must be a text of 1 to 256 characters",
    );
  });

  it.each(["", "k".repeat(257), 7])(
    "refuses an affinity key that is not 1 to 256 characters, and never repeats it",
    (key) => {
      const { planner } = open();

      expect(() => planner.plan(converse(), { shardrock: { affinityKey: key as string } })).toThrow(
        expect.objectContaining({
          code: "option-invalid",
          message: "shardrock.affinityKey must be a text of 1 to 256 characters",
        }),
      );
    },
  );

  it("refuses an option it does not know: a misspelt rule about Regions must not be no rule", () => {
    const { planner } = open();
    const shardrock = { allowedRegion: ["eu-west-1"] } as object;

    expect(() => planner.plan(converse(), { shardrock })).toThrow(
      expect.objectContaining({
        code: "option-invalid",
        message: 'shardrock.allowedRegion is not an option (did you mean "allowedRegions"?)',
      }),
    );
  });

  it("refuses metadata that AWS would refuse", () => {
    const { planner } = open();
    const { input } = converse();

    expect(() => planner.plan(new ConverseCommand({ ...input, requestMetadata: { "a;b": "c" } }), {})).toThrow(
      expect.objectContaining({ code: "request-invalid" }),
    );
  });

  it("learns from CountTokens how many tokens text makes, unless it counted more than text", () => {
    const { planner, call, target, settled } = open();
    const before = costOf(planner.plan(converse(), {}));
    const count = (content: object[]) => {
      const { messages } = converse(content).input;
      const plan = planner.plan(new CountTokensCommand({ modelId: "sonnet", input: { converse: { messages } } }), {});
      plan.outgoing.onAnswer?.({ inputTokens: 20_000 });
      plan.outgoing.onUsage({ kind: "missing" }, call, target);
    };

    count([{ text }, { image: { format: "png", source: { bytes: new Uint8Array(9) } } }]);
    expect(costOf(planner.plan(converse(), {}))).toBe(before);
    for (let n = 0; n < 5; n++) count([{ text }]);

    expect(costOf(planner.plan(converse(), {}))).toBeGreaterThan(1_000 + 19_000);
    expect(settled.at(-1)).toEqual({});
  });
});
