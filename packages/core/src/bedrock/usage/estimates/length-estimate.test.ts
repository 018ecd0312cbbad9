import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Random, seededRandom } from "../../../random.ts";
import { type DrawLength, endedAt, lengthsOf, lognormal, trueQuantile } from "../../testing/answer-lengths.test.kit.ts";
import { LengthEstimate } from "./length-estimate.ts";

const modelMaximum = 64_000;

interface Policy {
  readonly estimate: LengthEstimate;
  readonly risk: number;
}

/** Calls that set no maximum, each with what the policy fills in or the model's; which were cut, and what was filled in. */
function play({ estimate, risk }: Policy, lengths: readonly number[]) {
  const filled: number[] = [];
  let cuts = 0;
  for (const length of lengths) {
    const maximum = estimate.maximumAt(risk);
    const limit = Math.min(maximum ?? modelMaximum, modelMaximum);
    if (maximum !== undefined) filled.push(maximum);
    const ended = endedAt(Math.min(length, modelMaximum), limit, { isUnset: true });
    if (ended.isCut) cuts += 1;
    estimate.learn(ended, 0);
  }
  return { filled, cuts };
}

function twoSizes(share: number, random: Random): DrawLength {
  const [short, long] = [50 + random() * 300, 1_000 + random() * 20_000];
  return (each) => Math.round((each() < share ? long : short) * (0.8 + 0.4 * each()));
}

function drawn(kind: number, random: Random): DrawLength {
  return kind < 2 ? lognormal(30 + random() * 400, 0.3 + random() * 1.2) : twoSizes(random() * 0.2, random);
}

describe("a maximum that is filled in", () => {
  it("waits for evidence", () => {
    const { filled } = play({ estimate: new LengthEstimate(60_000), risk: 0.01 }, lengthsOf(lognormal(150, 1), 900, 1));

    expect(filled).toEqual([]);
  });

  it("stays at or above what the risk allows, whatever the answers are like, although it cuts those it learns from", () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0, 1, 2), (seed, kind) => {
        const risk = 0.01;
        const draw = drawn(kind, seededRandom(seed));
        const lengths = lengthsOf(draw, 30_000, seed);
        const policy = { estimate: new LengthEstimate(60_000), risk };

        play(policy, lengths.slice(0, 10_000));
        const { filled, cuts } = play(policy, lengths.slice(10_000));

        // 200 answers may be cut; three deviations more are chance.
        expect(cuts).toBeLessThanOrEqual(245);
        // A length that more than three deviations above the risk exceed must never be filled in.
        expect(Math.min(...filled)).toBeGreaterThanOrEqual(trueQuantile(lengths, risk * 1.4));
        expect(filled.length).toBeGreaterThan(0);
      }),
      { numRuns: 25, seed: 20_261_122 },
    );
  });

  it("does not spiral: a hundred thousand calls on, it is where it was, and is filled in all the time", () => {
    const policy = { estimate: new LengthEstimate(60_000), risk: 0.001 };
    const lengths = lengthsOf(lognormal(150, 1), 120_000, 3);
    play(policy, lengths.slice(0, 20_000));
    const early = play(policy, lengths.slice(20_000, 30_000));

    const late = play(policy, lengths.slice(110_000));

    const truth = trueQuantile(lengths, 0.001);
    for (const { filled } of [early, late]) {
      expect(filled).toHaveLength(10_000);
      expect(Math.min(...filled)).toBeGreaterThan(truth);
      expect(Math.max(...filled)).toBeLessThan(truth * 3);
    }
    expect(late.cuts).toBeLessThanOrEqual(10);
  });

  it.each([0, 16, 32, 48])("gives way after a few cuts when answers become longer than it (%s calls on)", (more) => {
    const policy = { estimate: new LengthEstimate(60_000), risk: 0.001 };
    play(policy, lengthsOf(lognormal(150, 0.5), 30_000 + more, 4));

    const { cuts } = play(
      policy,
      lengthsOf(() => 20_000, 100, 5),
    );

    expect(cuts).toBeGreaterThan(0);
    expect(cuts).toBeLessThan(30);
    expect(policy.estimate.maximumAt(0.001) ?? modelMaximum).toBeGreaterThan(20_000);
  });
});
