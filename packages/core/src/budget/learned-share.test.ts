import { describe, expect, it } from "vitest";
import { LearnedShare } from "./learned-share.ts";

const secondUs = 1e6;

describe("what a throttle teaches", () => {
  it("lowers the share at once, towards what was really used", () => {
    const [full, half, hardly] = [new LearnedShare(), new LearnedShare(), new LearnedShare()];
    full.retreat(1, 0);
    half.retreat(0.8, 0);
    hardly.retreat(0.1, 0);

    expect([full.at(0), half.at(0), hardly.at(0)]).toEqual([0.97, expect.closeTo(0.776), 0.7]);
  });

  it("takes throttles within 3 s for one piece of evidence, and later ones for another", () => {
    const share = new LearnedShare();
    share.retreat(1, 0);
    share.retreat(1, 2.9 * secondUs);
    const once = share.at(2.9 * secondUs);
    share.retreat(1, 3.1 * secondUs);

    expect(once).toBeCloseTo(0.97 + 2.9 * 0.0005, 6);
    expect(share.at(3.1 * secondUs)).toBeLessThan(0.95);
  });

  it("comes back slowly for two minutes, then faster, up to the whole", () => {
    const share = new LearnedShare();
    share.retreat(0.8, 0);

    expect(share.at(100 * secondUs)).toBeCloseTo(0.776 + 0.05, 6);
    expect(share.at(130 * secondUs)).toBeCloseTo(0.776 + 0.06 + 0.04, 6);
    expect(share.at(1_000 * secondUs)).toBe(1);
  });
});
