import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { FakeServer } from "./fake-store.test.kit.ts";
import { callOf, type ProcessOptions, startProcess, targetWith, tokensOf } from "./shared-world.test.kit.ts";

async function setUp(options: Partial<ProcessOptions> = {}) {
  const clock = new ManualClock();
  const server = new FakeServer(clock);
  const one = startProcess(server, "one", { clock, ...options });
  await clock.advance(10);
  return { clock, server, one };
}

describe("a process that ends", () => {
  it.each([
    ["settled", 25_000],
    ["end", 25_000],
    ["beat", 25_000],
    ["beat", 0],
  ])("waits a second at most for a store that never answers %s, for %i ms now", async (what, sinceMs) => {
    const { clock, server, one } = await setUp({ beatMs: 20_000 });
    const reservation = await one.book(10);
    server.unanswered.add(what);
    await clock.advance(sinceMs);
    reservation.settle({ tokens: 5 });
    let hasEnded = false;
    void one[Symbol.asyncDispose]().then(() => (hasEnded = true));
    await clock.advance(1_001);

    expect(hasEnded).toBe(true);
    const asked = server.log.length;
    await clock.advance(60_000);
    expect(server.log.length).toBe(asked);
  });
});

describe("a process that has been alone", () => {
  it("listens to its limits no more often after any number of outages", async () => {
    const { clock, server, one } = await setUp();
    const onChange = one.limits.onChange.bind(one.limits);
    let listening = 0;
    one.limits.onChange = (listener) => {
      const subscription = onChange(listener);
      listening += 1;
      return {
        [Symbol.dispose]: () => {
          listening -= 1;
          subscription[Symbol.dispose]();
        },
      };
    };
    for (let outage = 0; outage < 5; outage += 1) {
      server.state = "broken";
      await one.ledger.reserve([callOf(1)]);
      server.state = "well";
      await clock.advance(20_000);
    }

    expect(one.changes.filter((change) => change === "local")).toHaveLength(5);
    expect(listening).toBe(0);
  });

  it("goes by the lower limit of a process that is not back yet, for as long as that may live", async () => {
    const { clock, server, one } = await setUp();
    const two = startProcess(server, "two", { clock, limit: 30_000 });
    const known = () => one.ledger.snapshot(clock.monotonicMs())[0]?.learnedLimit;
    await clock.advance(600);
    await one.book(1);
    await two.book(1);
    await clock.advance(6_000);
    await one.book(1);
    await clock.advance(600);
    const before = known();
    server.state = "broken";
    await one.ledger.reserve([callOf(1)]);
    await clock.advance(10_000);
    server.beats.clear();
    server.state = "well";
    server.deaf.add("two");
    await clock.advance(1_500);
    const [changes, soon] = [[...one.changes], known()];
    await clock.advance(6_000);

    expect(before).toBe(30_000);
    expect(changes).toEqual(["mismatch", "local", "shared"]);
    expect(soon).toBe(30_000);
    expect(known()).toBe(60_000);
    await two[Symbol.asyncDispose]();
  });

  it("has told all others of a day quota that AWS closed meanwhile", async () => {
    const { clock, server, one } = await setUp();
    const two = startProcess(server, "two", { clock });
    const day = { key: "day", unit: "tokens", windowMs: 86_400_000 } as const;
    const call = callOf(10, targetWith("a", [tokensOf("a"), day]));
    await two.ledger.reserve([call]);
    await one.ledger.reserve([call]);
    server.deaf.add("one");
    await one.ledger.reserve([callOf(1)]);
    await clock.advance(20_000);
    const here = await one.ledger.reserve([call]);
    if (here.kind === "reserved") here.throttled({ scope: "tokens-per-day" });
    const soon = await one.ledger.reserve([call]);
    server.deaf.clear();
    await clock.advance(5_000);

    expect(here.kind).toBe("reserved");
    expect(soon).toMatchObject({ kind: "refused", short: { key: "day" } });
    expect(await two.ledger.reserve([call])).toMatchObject({ kind: "refused", short: { key: "day" } });
    await two[Symbol.asyncDispose]();
  });

  it("tells what it spent also where the store's page has expired meanwhile", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1);
    server.state = "broken";
    await one.ledger.reserve([callOf(1)]);
    await clock.advance(10_000);
    await one.book(1_000);
    server.pages.clear();
    server.state = "well";
    await clock.advance(1_000);

    expect(one.changes).toEqual(["local", "shared"]);
    expect(server.pages.get("a/tokens")?.ring.sum).toBe(1_000);
  });
});

describe("a store that has lost what it held", () => {
  it("is known for it by those who open a page there, before anything is booked", async () => {
    const { clock, server, one } = await setUp({ beatMs: 20_000 });
    one.limits.set("b/tokens", 60_000, "config");
    server.restart();
    server.unanswered.add("reserve");
    void one.ledger.reserve([callOf(10, targetWith("b"))]);
    await clock.advance(10);
    server.unanswered.clear();
    await one.ledger.reserve([callOf(10, targetWith("b"))]);

    expect(one.changes).toEqual(["lost"]);
    expect(server.opened.at(-1)).toMatchObject({ key: "b/tokens", isSpent: true });
  });
});
