import { describe, expect, it } from "vitest";
import { endedAt, lengthsOf, lognormal } from "../../testing/answer-lengths.test.kit.ts";
import { maxTokensAdvice } from "./max-tokens-advice.ts";
import { OutputLengths } from "./output-lengths.ts";

const question = { model: "chat", tenant: undefined, risks: [0.1], callsPerMinute: 120, maxOutputTokens: 64_000 };

function hundreds(held: readonly number[], calls = 1_000): OutputLengths {
  const lengths = new OutputLengths();
  for (let call = 0; call < calls; call++) {
    const heldTokens = held[call % held.length] ?? 0;
    lengths.learn(endedAt(100, 64_000, { heldTokens, isUnset: heldTokens === 64_000 }));
  }
  return lengths;
}

describe("advice on max_tokens", () => {
  it("says what a tighter one gives back: per call, per minute, and as calls at once", () => {
    const { choices, maxTokensP50, calls, unsetShare, cutShare } = maxTokensAdvice(hundreds([4_096]), question);

    expect({ calls, maxTokensP50, unsetShare, cutShare }).toEqual({
      calls: 1_000,
      maxTokensP50: 4_096,
      unsetShare: 0,
      cutShare: 0,
    });
    const [choice] = choices;
    expect(choice).toMatchObject({ kind: "known", risk: 0.1, maxTokens: 103, freedPerCall: 4_096 - 103 });
    expect(choice).toMatchObject({ freedPerMinute: 120 * (4_096 - 103) });
    // Each call reads 500 tokens beside what it holds for its output.
    expect(choice?.kind === "known" && choice.concurrencyGain).toBeCloseTo((500 + 4_096) / (500 + 103) - 1, 6);
  });

  it("counts a call without a maximum at the model's, and gives nothing back where less was set already", () => {
    const { choices, maxTokensP50, unsetShare } = maxTokensAdvice(hundreds([50, 50, 64_000]), question);

    expect(maxTokensP50).toBe(50);
    expect(unsetShare).toBeCloseTo(1 / 3, 2);
    const [choice] = choices;
    expect(choice?.kind === "known" && choice.freedPerCall / ((64_000 - 103) / 3)).toBeCloseTo(1, 2);
  });

  it("never advises more than the model's maximum", () => {
    const { choices, outputTokens } = maxTokensAdvice(hundreds([4_096]), { ...question, maxOutputTokens: 101 });

    expect(choices).toMatchObject([{ maxTokens: 101 }]);
    expect(outputTokens.p50).toBe(101);
  });

  it("shows lengths as far as they are known, and how many calls are missing", () => {
    const lengths = new OutputLengths();
    for (const length of lengthsOf(lognormal(150, 1), 300, 1)) lengths.learn(endedAt(length, 64_000));

    const { outputTokens, choices } = maxTokensAdvice(lengths, { ...question, risks: [0.01, 0.000_1] });

    expect(outputTokens).toEqual({ p50: expect.any(Number), p90: expect.any(Number), p99: undefined, p999: undefined });
    expect(choices).toEqual([
      { kind: "too-few-calls", risk: 0.01, maxTokens: undefined, moreCalls: expect.any(Number) },
      { kind: "too-few-calls", risk: 0.000_1, maxTokens: undefined, moreCalls: Infinity },
    ]);
  });

  it("says when answers were cut too often to know", () => {
    const lengths = new OutputLengths();
    for (let call = 0; call < 1_000; call++) lengths.learn(endedAt(500, call % 2 === 0 ? 100 : 100));

    const { choices, cutShare } = maxTokensAdvice(lengths, question);

    expect(cutShare).toBe(1);
    expect(choices).toEqual([{ kind: "answers-cut", risk: 0.1, maxTokens: undefined }]);
  });

  it("has nothing to say before the first call", () => {
    const { calls, maxTokensP50, outputTokens, choices } = maxTokensAdvice(new OutputLengths(), question);

    expect({ calls, maxTokensP50 }).toEqual({ calls: 0, maxTokensP50: undefined });
    expect(outputTokens).toEqual({ p50: undefined, p90: undefined, p99: undefined, p999: undefined });
    expect(choices).toMatchObject([{ kind: "too-few-calls", moreCalls: 101 }]);
  });
});
