import { describe, expect, it } from "vitest";
import { correct, FairShare } from "./fair-share.ts";

const start = (tokens: number, lowestTag: number) => ({ tokens, lowestTag, isGuaranteed: false });

describe("a class shared by tenants", () => {
  it("moves a tenant's turn by what its call took, over its weight", () => {
    const fair = new FairShare();
    const [light, heavy] = [fair.flowOf("light", 1), fair.flowOf("heavy", 4)];

    const charge = fair.start(light, start(400, 0));
    fair.start(heavy, start(400, 0));
    correct(charge, 100);

    expect([light.tag, heavy.tag]).toEqual([100, 100]);
  });

  it("lets a tenant that was away start where the others are", () => {
    const fair = new FairShare();
    const [here, away] = [fair.flowOf("here", 1), fair.flowOf("away", 1)];
    for (let call = 0; call < 10; call += 1) fair.start(here, start(100, here.tag));

    fair.lift(away, here.tag);

    expect(away.tag).toBe(900);
  });

  it("counts no debt for what is guaranteed, beyond one call", () => {
    const fair = new FairShare();
    const promised = fair.flowOf("promised", 1);
    for (let call = 0; call < 50; call += 1) {
      fair.start(promised, { tokens: 100, lowestTag: 10, isGuaranteed: true });
    }

    expect(promised.tag).toBe(110);
  });

  it("remembers no more tenants than wait or are ahead of the others", () => {
    const fair = new FairShare();
    const flood = fair.flowOf("flood", 1);
    flood.waiting = 1;
    for (let tenant = 0; tenant < 10_000; tenant += 1) {
      const passing = fair.flowOf(`passing ${tenant}`, 1);
      fair.lift(passing, flood.tag);
      fair.start(passing, start(10, passing.tag));
      fair.start(flood, start(10, flood.tag));
    }

    expect(fair.size).toBeLessThan(200);
    expect(fair.find("flood")).toBe(flood);
  });
});
