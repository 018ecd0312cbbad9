import { describe, expect, it } from "vitest";
import { expectMs, type OpenLedger, openWorld, type Tolerance } from "./ledger-world.ts";

/** What every ledger promises to learn of what AWS refuses. */
export function learningContract(name: string, open: OpenLedger, { roundingMs }: Tolerance): void {
  describe(`${name} learns`, () => {
    const setUp = () => openWorld(open);
    const near = (ms: number, expectedMs: number): void => expectMs(ms, expectedMs, 0.5 + roundingMs);

    it("takes one refusal nothing explains for a stray, and believes less at the second", async () => {
      await using world = await setUp();
      const { learned, reserve, wait, written } = world;
      (await reserve(1_000)).throttled({ scope: "tokens-per-minute" });
      await written();
      const afterOne = learned();
      await wait(20_000);
      (await reserve(1_000)).throttled({ scope: "tokens-per-minute" });
      await written();

      expect(afterOne).toMatchObject({ learnedLimit: 60_000, burst: 6_000 });
      expect(learned()).toMatchObject({ limit: 60_000, learnedLimit: 41_916, burst: 4_191.6 });
    });

    it.each(["requests-per-minute", "tokens-per-minute", "unknown"] as const)(
      "retreats on a refusal that speaks of %s, even where no page is meant",
      async (scope) => {
        await using world = await setUp();
        const { startsInMs, reserve, written } = world;

        (await reserve(1_000)).throttled({ scope });
        await written();

        near(startsInMs(1_000), 500);
      },
    );

    it("starts nothing for a while after a throttle, longer with each in a row, until a call works", async () => {
      await using world = await setUp();
      const { startsInMs, reserve, wait, written } = world;
      const pausesMs: number[] = [];
      const throttle = async (): Promise<void> => {
        (await reserve(1)).throttled({ scope: "unknown" });
        await written();
        pausesMs.push(startsInMs(1));
        await wait(20_000);
      };
      await throttle();
      await throttle();
      await throttle();
      (await reserve(1)).settle({ tokens: 1 });
      await written();
      await throttle();

      for (const [time, expectedMs] of [500, 1_000, 2_000, 500].entries()) near(pausesMs[time] ?? 0, expectedMs);
    });

    it("pauses once for calls that were refused together", async () => {
      await using world = await setUp();
      const { startsInMs, reserve, wait, written } = world;
      const together = [await reserve(1), await reserve(1), await reserve(1)];
      for (const reservation of together) reservation.throttled({ scope: "unknown" });
      await wait(20_000);
      (await reserve(1)).throttled({ scope: "unknown" });
      await written();

      near(startsInMs(1), 1_000);
    });

    it("forgets a retreat in time, and believes no more than it started with", async () => {
      await using world = await setUp();
      const { learned, reserve, wait } = world;
      await throttleTwice(world);
      await wait(3_000_000);
      await reserve(1);
      const soon = learned();
      await wait(600_000);
      await reserve(1);

      expect(soon.learnedLimit).toBe(41_916);
      expect(learned().learnedLimit).toBe(60_000);
    });

    it("remembers a retreat when its limit is set anew", async () => {
      await using world = await setUp();
      const { limits, learned, written } = world;
      await throttleTwice(world);

      limits.set("a/tokens", 120_000, "config");
      await written();

      expect(learned().learnedLimit).toBe(83_832);
    });
  });
}

/** Two refusals that nothing but a smaller limit explains. */
async function throttleTwice({ reserve, wait }: Pick<Awaited<ReturnType<typeof openWorld>>, "reserve" | "wait">) {
  for (let refusal = 0; refusal < 2; refusal += 1) {
    (await reserve(1_000)).throttled({ scope: "unknown" });
    await wait(20_000);
  }
}
