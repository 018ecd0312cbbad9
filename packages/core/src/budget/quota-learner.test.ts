import { describe, expect, it } from "vitest";
import { QuotaLearner } from "./quota-learner.ts";

const nowUs = 1_763_894_400_000_000;

function learnerOf(published: number, limit: { foreignUse?: number; most?: number } = {}): QuotaLearner {
  const learner = new QuotaLearner(60_000_000);
  learner.publish({ value: published, published, source: "config", ...limit }, nowUs);
  learner.read(nowUs);
  return learner;
}

describe("what is known of a quota", () => {
  it("is at first that a tenth of it may be taken at once, and a window in all", () => {
    expect(learnerOf(60_000)).toMatchObject({
      limit: 60_000,
      usable: 60_000,
      mayHold: 60_000,
      priceUs: 1_000,
      burstUs: 6_000_000,
      pausedUntilUs: Number.NEGATIVE_INFINITY,
      reviewAtUs: nowUs + 60_000_000 / 16,
      enforcement: "unknown",
    });
  });

  it("keeps apart what others use, and what our own rules allow", () => {
    expect(learnerOf(60_000, { foreignUse: 20_000, most: 30_000 })).toMatchObject({
      published: 60_000,
      foreignUse: 20_000,
      limit: 40_000,
      most: 30_000,
      usable: 30_000,
    });
  });

  it("stays a number after a call of nothing on an account that is on hold", () => {
    const learner = learnerOf(0);
    const sight = { atUs: nowUs, slot: 0, held: 0, levelUs: 0, most: 0, least: 0, doubt: 0 };

    learner.booked(learner.evidence(sight), nowUs);

    expect(learner.toRecord().learned.demand.usualHold).toBe(0);
  });

  it("goes by the limit of the record it adopts, until it is told its own again", () => {
    const [one, other] = [learnerOf(60_000), learnerOf(30_000)];

    other.adopt(one.toRecord());
    other.read(nowUs);
    const adopted = other.limit;
    other.publish({ value: 30_000, published: 30_000, source: "config" }, nowUs);
    other.read(nowUs);

    expect([adopted, other.limit]).toEqual([60_000, 30_000]);
  });

  it("has another revision with another limit, and with none of what is seen all the time", () => {
    const learner = learnerOf(60_000);
    const before = learner.revision;
    const sight = { atUs: nowUs, slot: 0, held: 10, levelUs: 1e4, most: 10, least: 10, doubt: 0 };
    learner.booked(learner.evidence(sight), nowUs);
    learner.publish({ value: 60_000, published: 60_000, source: "config" }, nowUs);
    const same = learner.revision;
    learner.publish({ value: 60_000, published: 60_000, source: "config", most: 50_000 }, nowUs);

    expect(same).toBe(before);
    expect(learner.revision).toBeGreaterThan(before);
  });
});
