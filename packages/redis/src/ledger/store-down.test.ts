import { describe, expect, it } from "vitest";
import { ManualClock, settleDown } from "../testing/manual-clock.test.kit.ts";
import { FakeServer } from "./fake-store.test.kit.ts";
import { callOf, type ProcessOptions, startProcess, targetWith, tokensOf } from "./shared-world.test.kit.ts";

async function setUp(options: Partial<ProcessOptions> = {}) {
  const clock = new ManualClock();
  const server = new FakeServer(clock);
  const one = startProcess(server, "one", { clock, ...options });
  await clock.advance(10);
  return { clock, server, one };
}

/** Something that is settled or not. */
function watch<T>(promise: Promise<T>): { readonly outcome: () => T | "waits" | Error } {
  let outcome: T | "waits" | Error = "waits";
  promise.then(
    (value) => (outcome = value),
    (error: Error) => (outcome = error),
  );
  return { outcome: () => outcome };
}

describe("a store that does not answer", () => {
  it("lets a call wait for no longer than the timeout, then decides on this process's part", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1);
    server.state = "silent";

    const call = watch(one.ledger.reserve([callOf(100)]));
    await clock.advance(49);
    const before = call.outcome();
    await clock.advance(1);

    expect(before).toBe("waits");
    expect(call.outcome()).toMatchObject({ kind: expect.stringMatching(/reserved|refused/) });
  });

  it("gives back what it books after nobody waits any more", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1_000);
    server.latencyMs = 80;

    void one.ledger.reserve([callOf(3_000)]);
    await clock.advance(50);
    const late = [...server.reservations.values()].map(({ ending }) => ending.pages[0]?.held);
    await clock.advance(200);

    expect(late).toEqual([1_000, 3_000]);
    expect([...server.reservations.values()].map(({ ending }) => ending.pages[0]?.held)).toEqual([1_000]);
  });

  it("rejects at once when the caller gives up, and gives back what comes for it", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1_000);
    server.latencyMs = 40;
    const caller = new AbortController();

    const call = watch(one.ledger.reserve([callOf(3_000)], caller.signal));
    await clock.advance(10);
    caller.abort(new Error("changed my mind"));
    await settleDown();
    const outcome = call.outcome();
    await clock.advance(100);

    expect(outcome).toEqual(new Error("changed my mind"));
    expect(server.reservations.size).toBe(1);
    expect(one.changes).toEqual([]);
  });

  it("is asked by no call any more once it has failed, and says so once", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1);
    server.state = "broken";
    await one.ledger.reserve([callOf(1)]);
    const asked = server.count("reserve");

    for (let call = 0; call < 5; call += 1) await one.ledger.reserve([callOf(1)]);

    expect(server.count("reserve")).toBe(asked);
    expect(one.changes).toEqual(["local"]);
    await clock.advance(3_000);
    expect(one.changes).toEqual(["local"]);
  });

  it("counts as gone when three answers in a row are late, and as back when beats are in time again", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1);
    server.latencyMs = 70;
    for (let call = 0; call < 3; call += 1) {
      void one.ledger.reserve([callOf(1)]);
      await clock.advance(55);
    }
    const gone = [...one.changes];
    await clock.advance(5_000);
    const still = [...one.changes];
    server.latencyMs = 5;
    await clock.advance(2_000);

    expect(gone).toEqual(["local"]);
    expect(still).toEqual(["local"]);
    expect(one.changes).toEqual(["local", "shared"]);
  });

  it("does not count as gone for answers that are late together", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1);
    server.latencyMs = 70;
    for (let call = 0; call < 4; call += 1) void one.ledger.reserve([callOf(1)]);
    await clock.advance(55);
    server.latencyMs = 5;
    await clock.advance(1_000);

    expect(one.changes).toEqual([]);
  });

  it("does not count as gone for one hiccup, however many calls ask meanwhile", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1);
    server.latencyMs = 70;
    for (let call = 0; call < 4; call += 1) {
      void one.ledger.reserve([callOf(1)]);
      await clock.advance(15);
    }
    server.latencyMs = 5;
    await clock.advance(1_000);

    expect(one.changes).toEqual([]);
  });

  it("refuses calls where the options say so", async () => {
    const { server, one } = await setUp({ onStoreDown: "reject" });
    server.state = "broken";

    const call = one.ledger.reserve([callOf(1)]);

    await expect(call).rejects.toMatchObject({ code: "ledger-unavailable" });
    await expect(one.ledger.reserve([callOf(1)])).rejects.toMatchObject({ code: "ledger-unavailable" });
    expect(one.startsInMs(1)).toBe(0);
  });

  it("is asked no more by a process that ends while it waits for an answer", async () => {
    const { clock, server, one } = await setUp();
    server.latencyMs = 30;
    const beats = server.count("beat");
    while (server.count("beat") === beats) await clock.advance(1);
    const stopped = watch(Promise.resolve(one[Symbol.asyncDispose]()));
    await clock.advance(100);
    const asked = server.log.length;
    await clock.advance(10_000);

    expect(stopped.outcome()).toBeUndefined();
    expect(server.log.length).toBe(asked);
    expect(clock.pending).toBe(0);
  });
});

describe("a client that is just connecting", () => {
  it("is waited for without a word, and its store is asked as soon as it answers", async () => {
    const clock = new ManualClock();
    const server = new FakeServer(clock);
    server.state = "broken";
    const one = startProcess(server, "one", { clock });
    await clock.advance(200);
    server.state = "well";
    await clock.advance(60);
    await one.book(6_000);

    expect(one.changes).toEqual([]);
    expect(server.reservations.size).toBe(1);
  });

  it("counts as gone when that takes a second", async () => {
    const clock = new ManualClock();
    const server = new FakeServer(clock);
    server.state = "broken";
    const one = startProcess(server, "one", { clock });
    await clock.advance(1_100);

    expect(one.changes).toEqual(["local"]);
  });
});

describe("the part of a process that is alone", () => {
  it("is the limit × 0.8 ÷ the processes seen, and begins spent", async () => {
    const { clock, server, one } = await setUp();
    const two = startProcess(server, "two", { clock });
    await clock.advance(1_000);
    server.state = "broken";

    const first = await one.ledger.reserve([callOf(2_300)]);
    let bookedInMinute = 0;
    for (let ms = 0; ms < 60_000; ms += 100) {
      await clock.advance(100);
      const answer = await one.ledger.reserve([callOf(100)]);
      if (answer.kind === "reserved") bookedInMinute += 100;
    }

    expect(first.kind).toBe("refused");
    expect(bookedInMinute).toBeGreaterThan(20_000);
    expect(bookedInMinute).toBeLessThanOrEqual(24_000);
    await two[Symbol.asyncDispose]();
  });

  it("is divided by the processes there should be where none were ever seen", async () => {
    const { clock, server } = await setUp();
    server.state = "broken";
    const alone = startProcess(server, "alone", { clock });
    const four = startProcess(server, "of four", { clock, expectedProcesses: 4 });
    await clock.advance(1_100);
    const parts = [];
    for (const process of [alone, four]) {
      await process.ledger.reserve([callOf(1)]);
      parts.push(process.ledger.snapshot(clock.monotonicMs())[0]?.limit);
    }

    expect(parts).toEqual([48_000, 12_000]);
  });

  it("is divided by the processes there should be for ten minutes, and then by those that were seen", async () => {
    const { clock, server, one } = await setUp({ expectedProcesses: 4 });
    const part = async (): Promise<number | undefined> => {
      server.state = "broken";
      await one.ledger.reserve([callOf(1)]);
      const limit = one.ledger.snapshot(clock.monotonicMs())[0]?.limit;
      server.state = "well";
      await clock.advance(20_000);
      return limit;
    };
    const soon = await part();
    await clock.advance(600_000);

    expect([soon, await part()]).toEqual([12_000, 48_000]);
  });

  it("lets a call through in time where it is less than one request", async () => {
    const requests = { key: "a/requests", unit: "requests", windowMs: 60_000 } as const;
    const target = targetWith("a", [tokensOf("a"), requests]);
    const { clock, server, one } = await setUp();
    one.limits.set("a/requests", 2, "config");
    const others = ["two", "three", "four"].map((id) => startProcess(server, id, { clock }));
    await clock.advance(1_000);
    server.state = "broken";
    let booked = 0;
    for (let second = 0; second < 600; second += 1) {
      const answer = await one.ledger.reserve([callOf(1, target)]);
      if (answer.kind === "reserved") booked += 1;
      await clock.advance(1_000);
    }

    // 2 × 0.8 ÷ 4 a minute.
    expect(booked).toBeGreaterThanOrEqual(3);
    expect(booked).toBeLessThanOrEqual(5);
    for (const other of others) await other[Symbol.asyncDispose]();
  });

  it("is told to the store when that is back, with what calls took in the end", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1);
    server.state = "broken";
    await one.ledger.reserve([callOf(1)]);
    await clock.advance(10_000);
    const kept = await one.book(1_000);
    const settled = await one.book(500);
    settled.settle({ tokens: 200 });
    server.state = "well";
    await clock.advance(1_000);
    const units = server.merged.flatMap(({ bySlot }) => [...bySlot.values()]);
    kept.settle({ tokens: 1_300 });
    await clock.advance(1_000);

    expect(units.reduce((sum, each) => sum + each, 0)).toBe(1_200);
    expect(server.merged.flatMap(({ bySlot }) => [...bySlot.values()])).toContain(300);
    expect(one.changes).toEqual(["local", "shared"]);
  });
});

describe("a store that is back", () => {
  it("is given back what a call did not use that began without it", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1);
    server.state = "broken";
    await one.ledger.reserve([callOf(1)]);
    await clock.advance(10_000);
    const call = await one.book(1_000);
    server.state = "well";
    await clock.advance(2_000);
    call.settle({ tokens: 200 });
    await clock.advance(2_000);

    expect(server.merged.flatMap(({ bySlot }) => [...bySlot.values()])).toEqual([1_000, -800]);
  });

  it.each([1, 2, 3, 4, 5])("is asked by nobody before all have told what they spent (%i)", async (seed) => {
    const { clock, server, one } = await setUp({ seed });
    const two = startProcess(server, "two", { clock, seed: seed + 10 });
    await clock.advance(1_000);
    await one.book(1);
    await two.book(1);
    server.state = "broken";
    await one.ledger.reserve([callOf(1)]);
    await two.ledger.reserve([callOf(1)]);
    await clock.advance(10_000 + 100 * seed);
    for (const process of [one, two]) await process.book(1_000);
    server.state = "well";
    const isBack = (): boolean => [...one.changes, ...two.changes].includes("shared");
    for (let ms = 0; ms < 3_000 && !isBack(); ms += 1) await clock.advance(1);

    expect(isBack()).toBe(true);
    expect(server.log).toContain("one merge");
    expect(server.log).toContain("two merge");
    await two[Symbol.asyncDispose]();
  });
});

describe("what was booked before the store was gone", () => {
  it("ends in the store when that is back, once", async () => {
    const { clock, server, one } = await setUp();
    const reservation = await one.book(1_000);
    server.state = "broken";
    reservation.settle({ tokens: 400 });
    await clock.advance(1_000);
    const open = server.reservations.size;
    server.state = "well";
    await clock.advance(1_500);

    expect(open).toBe(1);
    expect(server.reservations.size).toBe(0);
    expect(server.pages.get("a/tokens")?.ring.sum).toBe(400);
  });

  it("is not given back on top of what is booked when that is back", async () => {
    const { clock, server, one } = await setUp();
    const reservation = await one.book(3_000);
    server.state = "broken";
    await one.ledger.reserve([callOf(1)]);
    reservation.settle({ tokens: 100 });
    await clock.advance(30_000);
    server.log.length = 0;
    server.state = "well";
    while (!one.changes.includes("shared")) await clock.advance(1);

    expect(server.reservations.size).toBe(0);
    expect(server.log.indexOf("one end")).toBeLessThan(server.log.lastIndexOf("one beat"));
  });

  it("tells then what it learned of a day quota", async () => {
    const { clock, server, one } = await setUp();
    const two = startProcess(server, "two", { clock });
    const day = { key: "day", unit: "tokens", windowMs: 86_400_000 } as const;
    const call = callOf(10, targetWith("a", [tokensOf("a"), day]));
    await two.ledger.reserve([call]);
    const reservation = await one.ledger.reserve([call]);
    server.state = "broken";
    if (reservation.kind === "reserved") reservation.throttled({ scope: "tokens-per-day" });
    await one.ledger.reserve([callOf(1)]);
    await clock.advance(2_000);
    server.state = "well";
    await clock.advance(20_000);

    const answer = await two.ledger.reserve([call]);

    expect(answer).toMatchObject({ kind: "refused", short: { key: "day" } });
    await two[Symbol.asyncDispose]();
  });

  it("is waited for by flush, until that is given up", async () => {
    const { clock, server, one } = await setUp();
    const reservation = await one.book(1_000);
    server.state = "broken";
    reservation.settle({ tokens: 400 });
    const bound = new AbortController();
    const flushed = watch(one.ledger.flush(bound.signal));
    await clock.advance(1_000);
    const before = flushed.outcome();
    bound.abort(new Error("enough"));
    await settleDown();

    expect(before).toBe("waits");
    expect(flushed.outcome()).toEqual(new Error("enough"));
  });
});

describe("a store that has lost what it held", () => {
  it("is told from one that was away, and every page begins spent, for one window at most", async () => {
    const { clock, server, one } = await setUp();
    await one.book(1_000);
    server.restart();
    await clock.advance(600);

    const soon = await one.ledger.reserve([callOf(5_000)]);
    await clock.advance(61_000);
    const later = await one.ledger.reserve([callOf(5_000)]);

    expect(one.changes).toEqual(["lost"]);
    expect(soon.kind).toBe("refused");
    expect(later.kind).toBe("reserved");
  });

  it("keeps what was learned", async () => {
    const { clock, server, one } = await setUp();
    for (let refusal = 0; refusal < 2; refusal += 1) {
      (await one.book(1_000)).throttled({ scope: "tokens-per-minute" });
      await clock.advance(20_000);
    }
    server.restart();
    await clock.advance(61_000);
    await one.book(1);

    const two = startProcess(server, "two", { clock });
    await two.book(1);
    await clock.advance(10);

    expect(two.ledger.snapshot(clock.monotonicMs())[0]?.learnedLimit).toBe(41_916);
  });
});
