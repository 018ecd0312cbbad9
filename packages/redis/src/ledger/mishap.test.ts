import { describe, expect, it } from "vitest";
import { StoreFault, type StoreFaultKind } from "../clients/store-fault.ts";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { FakeServer } from "./fake-store.test.kit.ts";
import { callOf, startProcess } from "./shared-world.test.kit.ts";

async function setUp() {
  const clock = new ManualClock();
  const server = new FakeServer(clock);
  const one = startProcess(server, "one", { clock });
  await clock.advance(10);
  return { clock, server, one };
}

function faultOf(kind: StoreFaultKind): StoreFault {
  return new StoreFault(kind, "WRONGTYPE", undefined);
}

describe("a store that cannot do one thing", () => {
  it.each(["broken", "denied"] as const)("shares the book all the same when news are %s", async (kind) => {
    const { clock, server, one } = await setUp();
    server.faults.set("tell", faultOf(kind));
    server.faults.set("giveUp", faultOf(kind));
    one.ledger.board.tell("weather", "rain");
    one.ledger.board.giveUp("probe");
    await clock.advance(1_000);

    expect(one.changes).toEqual([]);
    expect(one.warnings).toContain("shared-book-pass-on-news");
  });

  it.each(["publish", "read", "rings"])("shares the book all the same when it cannot %s", async (what) => {
    const { clock, server, one } = await setUp();
    const two = startProcess(server, "two", { clock });
    await one.book(1);
    server.faults.set(what, faultOf("broken"));
    for (const process of [one, two]) (await process.book(1_000)).throttled({ scope: "tokens-per-minute" });
    one.limits.set("a/tokens", 50_000, "config");
    await clock.advance(20_000);

    expect([...one.changes, ...two.changes]).not.toContain("local");
    expect([...one.warnings, ...two.warnings].length).toBeGreaterThan(0);
    await two[Symbol.asyncDispose]();
  });

  it("shares the book all the same when it answers no beat, which is not sent the same again", async () => {
    const { clock, server, one } = await setUp();
    (await one.book(100)).settle({ tokens: 100 });
    await clock.advance(1);
    server.faults.set("beat", faultOf("broken"));
    await clock.advance(5_000);
    server.faults.clear();
    await clock.advance(1_000);

    expect(one.changes).toEqual([]);
    expect(one.warnings).toContain("shared-book-hear-of-other-processes");
    expect([...(server.settledUnits.get("a/tokens")?.values() ?? [])]).toEqual([]);
  });

  it("is shared again although it answers no beat", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1);
    server.state = "broken";
    await one.ledger.reserve([callOf(1)]);
    server.faults.set("beat", faultOf("broken"));
    server.state = "well";
    await clock.advance(5_000);

    expect(one.changes).toEqual(["local", "shared"]);
  });

  it("counts as gone where its first answers say that it cannot do what is asked", async () => {
    const clock = new ManualClock();
    const server = new FakeServer(clock);
    server.faults.set("beat", faultOf("broken"));
    const one = startProcess(server, "one", { clock });
    await clock.advance(1_500);

    expect(one.changes).toEqual(["local"]);
  });

  it("is sent an ending once that it cannot read, which stays spent", async () => {
    const { clock, server, one } = await setUp();
    const reservation = await one.book(1_000);
    server.faults.set("end", faultOf("broken"));
    reservation.settle({ tokens: 10 });
    await clock.advance(10);
    await one.ledger.flush();
    await clock.advance(60_000);

    expect(one.changes).toEqual([]);
    expect(one.warnings).toContain("shared-book-end-a-call");
    expect(server.count("end")).toBe(1);
  });

  it("is sent an ending again that failed because it was gone", async () => {
    const { clock, server, one } = await setUp();
    const reservation = await one.book(1_000);
    server.faults.set("end", faultOf("down"));
    reservation.settle({ tokens: 10 });
    await clock.advance(10);
    server.faults.clear();
    await clock.advance(2_000);

    expect(one.changes).toEqual(["local", "shared"]);
    expect(server.reservations.size).toBe(0);
  });

  it("is shared although nobody can end what has expired there", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1);
    server.reservations.forEach((reservation, id) => server.reservations.set(id, { ...reservation, expiresAtUs: 0 }));
    server.faults.set("end", faultOf("broken"));
    server.faults.set("settled", faultOf("broken"));
    await clock.advance(30_000);

    expect(one.changes).toEqual([]);
  });

  it("is shared again although it cannot be told what was spent without it", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1);
    server.state = "broken";
    await one.ledger.reserve([callOf(1)]);
    await clock.advance(10_000);
    await one.book(100);
    server.state = "well";
    server.faults.set("merge", faultOf("broken"));
    await clock.advance(5_000);

    expect(one.changes).toEqual(["local", "shared"]);
    expect(one.warnings).toHaveLength(1);
  });
});
