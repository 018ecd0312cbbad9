import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { FakeServer } from "./fake-store.test.kit.ts";
import { callOf, startProcess, targetWith, tokensOf } from "./shared-world.test.kit.ts";

const day = { key: "a/day", unit: "tokens", windowMs: 86_400_000 } as const;

async function setUp() {
  const clock = new ManualClock();
  const server = new FakeServer(clock);
  const one = startProcess(server, "one", { clock });
  await clock.advance(10);
  const target = targetWith("a", [tokensOf("a"), day]);
  const answer = await one.ledger.reserve([callOf(10, target)]);
  if (answer.kind === "refused") throw new Error("refused");
  return { clock, server, one, target, reservation: answer };
}

describe("targets that are forgotten", () => {
  it("leave nothing behind, and what is booked there ends as ever", async () => {
    const { clock, server, one, target, reservation } = await setUp();
    one.ledger.forget([target]);
    await clock.advance(1_000);
    const left = one.ledger.snapshot(clock.monotonicMs());
    reservation.settle({ tokens: 4 });
    await clock.advance(1_000);
    const reads = server.count("read");
    const again = await one.ledger.reserve([callOf(10, targetWith("a", [tokensOf("a"), day]))]);
    await clock.advance(10);

    expect(left).toEqual([]);
    expect(server.pages.get("a/tokens")?.ring.sum).toBe(14);
    expect(again.kind).toBe("reserved");
    expect(server.count("read") - reads).toBeGreaterThanOrEqual(2); // of the page, and of the day quota
  });

  it("take along what calls took of them, until they are known again", async () => {
    const { clock, one, target, reservation } = await setUp();
    const unitsKnown = (): number =>
      [...one.ledger.settledByMinute("a/tokens").values()].reduce((sum, units) => sum + units, 0);
    reservation.settle({ tokens: 4 });
    await clock.advance(1_000);
    const before = unitsKnown();
    one.ledger.forget([target]);
    await clock.advance(1_000);
    const forgotten = unitsKnown();
    await one.ledger.reserve([callOf(10, target)]);
    await clock.advance(1_000);

    expect([before, forgotten, unitsKnown()]).toEqual([4, 0, 4]);
  });

  it("take no quota from others that are charged to it, too", async () => {
    const { clock, one, target } = await setUp();
    await one.ledger.reserve([callOf(10, targetWith("b", [tokensOf("a")]))]);
    one.ledger.forget([target]);
    await clock.advance(1_000);

    expect(one.ledger.snapshot(clock.monotonicMs())).toHaveLength(1);
  });

  it("are still known to be closed for the day", async () => {
    const { clock, one, target, reservation } = await setUp();
    reservation.throttled({ scope: "tokens-per-day" });
    one.ledger.forget([target]);
    await clock.advance(1_000);

    expect((await one.ledger.reserve([callOf(10, target)])).kind).toBe("refused");
  });
});
