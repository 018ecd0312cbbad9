import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { FakeServer } from "./fake-store.test.kit.ts";
import { callOf, type ProcessOptions, startProcess } from "./shared-world.test.kit.ts";

async function setUp(options: Partial<ProcessOptions> = {}) {
  const clock = new ManualClock();
  const server = new FakeServer(clock);
  const one = startProcess(server, "one", { clock, ...options });
  await clock.advance(10);
  return { clock, server, one };
}

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
