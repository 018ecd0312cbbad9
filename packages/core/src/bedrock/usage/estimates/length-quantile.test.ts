import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../random.ts";
import { endedAt, lengthsOf, lognormal, trueQuantile } from "../../testing/answer-lengths.test.kit.ts";
import { binCount, binOf, mostIn } from "./length-bins.ts";
import { lengthQuantile } from "./length-quantile.ts";
import { OutputLengths } from "./output-lengths.ts";

const unlimited = 1_000_000;

function learnt(lengths: readonly number[], limitOf: (call: number) => number = () => unlimited): OutputLengths {
  const learning = new OutputLengths();
  for (const [call, length] of lengths.entries()) learning.learn(endedAt(length, limitOf(call)));
  return learning;
}

function tokensAt(lengths: OutputLengths, risk: number): number {
  const quantile = lengthQuantile(lengths, risk);
  if (quantile.kind !== "known") throw new Error(`expected to know it, got ${JSON.stringify(quantile)}`);
  return quantile.tokens;
}

describe("the bins of lengths", () => {
  it("hold every length, none more than 4.5 % below their end", () => {
    for (let tokens = 1; tokens < 200_000; tokens++) {
      const most = mostIn(binOf(tokens));
      expect(most).toBeGreaterThanOrEqual(tokens);
      expect(most).toBeLessThan(Math.max(tokens + 1, tokens * 1.045));
    }
  });

  it.each([0, 1, 2 ** 24, 2 ** 40])("take in %s tokens too", (tokens) => {
    expect(binOf(tokens)).toBeGreaterThanOrEqual(0);
    expect(binOf(tokens)).toBeLessThan(binCount);
  });
});

describe("the length that a share of answers exceeds", () => {
  it.each([
    [0.5, 1],
    [0.1, 2],
    [0.01, 3],
    [0.001, 4],
  ])("is known to a bin, and to what chance leaves, at a risk of %s (seed %s)", (risk, seed) => {
    const lengths = lengthsOf(lognormal(150, 1), 13_000, seed);
    const learning = new OutputLengths();
    // All at once, so that fading makes no difference to what is the truth.
    for (let turn = 0; turn < 2; turn++) for (const length of lengths) learning.learn(endedAt(length, unlimited));

    const known = tokensAt(learning, risk);

    const truth = trueQuantile(lengths, risk);
    // Fading makes 26 000 calls worth 14 000: what is left is chance.
    expect(known).toBeGreaterThanOrEqual(truth * (risk < 0.01 ? 0.85 : 0.97));
    expect(known).toBeLessThanOrEqual(truth * (risk < 0.01 ? 1.25 : 1.08));
  });

  it("is known once ten calls may be expected to be longer, and says before how many are missing", () => {
    const lengths = lengthsOf(lognormal(150, 1), 2_000, 5);
    const few = learnt(lengths.slice(0, 400));

    const missing = lengthQuantile(few, 0.01);

    expect(missing).toEqual({ kind: "too-few-calls", moreCalls: expect.any(Number) });
    const { moreCalls } = missing as { moreCalls: number };
    expect(lengthQuantile(learnt(lengths.slice(0, 400 + moreCalls - 1)), 0.01).kind).toBe("too-few-calls");
    expect(lengthQuantile(learnt(lengths.slice(0, 400 + moreCalls)), 0.01).kind).toBe("known");
    expect(400 + moreCalls).toBeLessThan(1_020);
  });

  it("says that a risk is too small for what is remembered", () => {
    expect(lengthQuantile(learnt([1, 2, 3]), 0.000_5)).toEqual({ kind: "too-few-calls", moreCalls: Infinity });
    expect(lengthQuantile(new OutputLengths(), 0.001)).toEqual({
      kind: "too-few-calls",
      moreCalls: expect.any(Number),
    });
    expect((lengthQuantile(new OutputLengths(), 0.001) as { moreCalls: number }).moreCalls).toBeLessThan(15_000);
  });

  it("forgets: after two half lives of shorter answers, old long ones count for a quarter", () => {
    const lengths = learnt(Array.from({ length: 20_000 }, (_, call) => (call < 10_000 ? 4_000 : 100)));

    expect(tokensAt(lengths, 0.26)).toBeLessThan(110);
    expect(tokensAt(lengths, 0.18)).toBeGreaterThanOrEqual(4_000);
  });

  it("holds over hundreds of thousands of calls", () => {
    const lengths = learnt(lengthsOf(lognormal(150, 1), 300_000, 6));

    expect(lengths.calls).toBe(300_000);
    expect(tokensAt(lengths, 0.5)).toBeGreaterThan(140);
    expect(tokensAt(lengths, 0.5)).toBeLessThan(165);
  });
});

describe("answers that were cut", () => {
  const risks = [0.5, 0.1, 0.01];

  it.each([7, 8, 9])("do not make answers look short: limits by chance change no quantile (seed %s)", (seed) => {
    const lengths = lengthsOf(lognormal(150, 1), 14_000, seed);
    const random = seededRandom(seed);
    // Four in ten calls have a limit of 100 to 400 tokens, so that three in ten answers are cut.
    const limits = lengths.map(() => (random() < 0.4 ? 100 + Math.floor(random() * 300) : unlimited));

    const censored = learnt(lengths, (call) => limits[call] ?? unlimited);
    const whole = learnt(lengths);

    expect(censored.cutShare).toBeGreaterThan(0.12);
    for (const risk of risks) {
      expect(tokensAt(censored, risk)).toBeGreaterThan(tokensAt(whole, risk) * 0.9);
      expect(tokensAt(censored, risk)).toBeLessThan(tokensAt(whole, risk) * 1.12);
    }
  });

  it("count on as those do that were let go on", () => {
    const lengths = new OutputLengths();
    for (let call = 0; call < 50; call++) {
      lengths.learn(endedAt(10, unlimited));
      lengths.learn(endedAt(10, unlimited));
      lengths.learn(endedAt(1_000, 100));
      lengths.learn(endedAt(1_000, unlimited));
    }

    expect(tokensAt(lengths, 0.51)).toBe(mostIn(binOf(10)));
    expect(tokensAt(lengths, 0.4)).toBe(mostIn(binOf(1_000)));
    expect(tokensAt(lengths, 0.1)).toBe(mostIn(binOf(1_000)));
    expect(lengths.cutShare).toBeCloseTo(0.25, 2);
  });

  it("say nothing of how much longer they would be, when nobody was let go on", () => {
    const lengths = learnt(lengthsOf(lognormal(150, 1), 14_000, 10), () => 300);

    expect(tokensAt(lengths, 0.5)).toBeLessThan(165);
    expect(lengthQuantile(lengths, 0.1)).toEqual({ kind: "answers-cut" });
  });

  it("leave the length unknown when only a handful was let go on", () => {
    const lengths = learnt(
      lengthsOf(() => 5_000, 14_000, 11),
      (call) => (call % 3_000 === 0 ? unlimited : 300),
    );

    expect(lengthQuantile(lengths, 0.5)).toEqual({ kind: "answers-cut" });
  });
});
