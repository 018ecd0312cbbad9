import { describe, expect, it } from "vitest";
import { endedAt, lengthsOf, lognormal } from "../../testing/answer-lengths.test.kit.ts";
import { lengthQuantile } from "./length-quantile.ts";
import { OutputLengths } from "./output-lengths.ts";

function learnt(lengths: readonly number[], limit = 1_000): OutputLengths {
  const learning = new OutputLengths();
  for (const length of lengths) learning.learn(endedAt(length, limit));
  return learning;
}

const unlimited = 100_000;
const risks = [0.5, 0.1, 0.01];
const quantilesOf = (lengths: OutputLengths) => risks.map((risk) => lengthQuantile(lengths, risk));

describe("what is learnt of answers' lengths", () => {
  it("survives a restart: the state says the same, and what comes after weighs the same", () => {
    const before = learnt(lengthsOf(lognormal(150, 1), 8_000, 1));

    const after = OutputLengths.fromState(JSON.parse(JSON.stringify(before.toState())));
    expect(after && quantilesOf(after)).toEqual(quantilesOf(before));
    for (const length of lengthsOf(lognormal(900, 1), 3_000, 2)) {
      before.learn(endedAt(length, 4_000));
      after?.learn(endedAt(length, 4_000));
    }

    expect(after && quantilesOf(after)).toEqual(quantilesOf(before));
    expect(after?.calls).toBe(11_000);
    expect(after?.cutShare).toBeCloseTo(before.cutShare, 4);
    expect(after?.meanInputTokens).toBeCloseTo(500, 0);
  });

  it("takes little room as a state", () => {
    const state = learnt(lengthsOf(lognormal(150, 1), 20_000, 3)).toState();

    expect(JSON.stringify(state).length).toBeLessThan(6_000);
  });

  it("is the same learnt together or apart and merged", () => {
    const lengths = lengthsOf(lognormal(150, 1), 4_000, 4);
    const apart = learnt(
      lengths.filter((_length, call) => call % 2 === 0),
      unlimited,
    );
    apart.merge(
      learnt(
        lengths.filter((_length, call) => call % 2 === 1),
        unlimited,
      ),
    );

    const together = learnt(lengths, unlimited);

    expect(apart.calls).toBe(4_000);
    for (const risk of risks) {
      const [one, other] = [lengthQuantile(apart, risk), lengthQuantile(together, risk)];
      expect(one).toEqual({ kind: "known", tokens: expect.any(Number) });
      const ratio = (one as { tokens: number }).tokens / (other as { tokens: number }).tokens;
      expect(Math.abs(Math.log(ratio))).toBeLessThan(0.1);
    }
  });

  it.each([
    ["nothing", undefined],
    ["text", "lengths"],
    ["no bins", { calls: 3, squares: 1, unset: 0, inputTokens: 9 }],
    ["a bin that there is not", { ended: [[9_999, 1]], held: [[9_999, 1]] }],
    ["a weight below nothing", { ended: [[7, -1]], held: [[7, -1]] }],
    ["weights that are no numbers", { ended: [[7, null]], held: [[7, null]] }],
    ["more weight than calls", { calls: 1, ended: [[7, 5]], held: [[7, 5]], squares: 5 }],
    ["evidence of more calls than there were", { calls: 20, ended: [[7, 15]], held: [[7, 15]], squares: 0.01 }],
    ["calls that held nothing", { calls: 20, ended: [[7, 15]], squares: 12 }],
  ])("is not taken from a state of %s", (_what, change) => {
    const state = learnt([100, 200]).toState();
    const broken = typeof change === "object" && "ended" in change ? { ...state, held: [], ...change } : change;

    expect(OutputLengths.fromState(state)?.calls).toBe(2);
    expect(OutputLengths.fromState(broken)).toBeUndefined();
  });
});
