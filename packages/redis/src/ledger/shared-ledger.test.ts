import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { FakeServer } from "./fake-store.test.kit.ts";
import { callOf, type Process, startProcess, targetWith, tokensOf } from "./shared-world.test.kit.ts";

async function twoProcesses(limits: readonly [number, number] = [60_000, 60_000], beatMs = 500) {
  const clock = new ManualClock();
  const server = new FakeServer(clock);
  const [one, two] = [
    startProcess(server, "one", { clock, beatMs, limit: limits[0] }),
    startProcess(server, "two", { clock, beatMs, limit: limits[1] }),
  ];
  await clock.advance(10);
  return { clock, server, one, two };
}

function learnedBy(process: Process, clock: ManualClock): number | undefined {
  return process.ledger.snapshot(clock.monotonicMs())[0]?.learnedLimit;
}

describe("two processes with one book", () => {
  it("know at their next answer what the other has learned", async () => {
    const { clock, one, two } = await twoProcesses();
    await two.book(1);
    for (let refusal = 0; refusal < 2; refusal += 1) {
      (await one.book(1_000)).throttled({ scope: "tokens-per-minute" });
      await clock.advance(20_000);
    }
    const before = learnedBy(two, clock);
    await two.book(1);
    await clock.advance(1);

    expect(before).toBe(60_000);
    expect([learnedBy(one, clock), learnedBy(two, clock)]).toEqual([41_916, 41_916]);
  });

  it("learn what both saw when they write at once", async () => {
    const { clock, server, one, two } = await twoProcesses();
    const [here, there] = [await one.book(1_000), await two.book(3_000)];

    here.settle({ tokens: 1_000 });
    there.settle({ tokens: 3_000 });
    await clock.advance(3_000);

    const { quota } = JSON.parse(server.pages.get("a/tokens")?.record ?? "") as { quota: string };
    const { learned } = JSON.parse(quota) as { learned: { enforcement: { mostInWindow: number } } };
    expect(learned.enforcement.mostInWindow).toBeCloseTo(4_000 / 60_000);
  });

  it("go by the lower of their limits, say so once, and no more when one of them has gone", async () => {
    const { clock, one, two } = await twoProcesses([60_000, 30_000]);
    await one.book(1);
    await two.book(1);
    await clock.advance(1_500);
    await one.book(1);
    await clock.advance(1_000);
    const together = [learnedBy(one, clock), learnedBy(two, clock)];
    const told = [[...one.changes], [...two.changes]];
    await two[Symbol.asyncDispose]();
    await clock.advance(7_000);
    await one.book(1);

    expect(together).toEqual([30_000, 30_000]);
    expect(told).toEqual([["mismatch"], ["mismatch"]]);
    expect(one.changes).toEqual(["mismatch", "agreed"]);
    expect(learnedBy(one, clock)).toBe(60_000);
  });

  it("let a reservation expire that its process never ends, as kept and once", async () => {
    const clock = new ManualClock();
    const server = new FakeServer(clock);
    const gone = startProcess(server, "gone", { clock, expiresInMs: 5_000 });
    const two = startProcess(server, "two", { clock });
    await clock.advance(10);
    await gone.book(1_000);
    const reservation = await gone.book(500);
    await clock.advance(6_000);
    const open = server.reservations.size;
    reservation.settle({ tokens: 100 });
    await clock.advance(1_000);

    expect(open).toBe(0);
    expect(server.pages.get("a/tokens")?.ring.sum).toBe(1_500);
    const settled = [...(server.settledUnits.get("a/tokens")?.values() ?? [])];
    expect(settled.reduce((sum, units) => sum + units, 0)).toBe(1_500);
    await two[Symbol.asyncDispose]();
  });

  it("count together what calls took", async () => {
    const { clock, one, two } = await twoProcesses();
    (await one.book(1_000)).settle({ tokens: 700 });
    (await two.book(1_000)).settle({ tokens: 900 });
    await clock.advance(30_000);

    const units = [...one.ledger.settledByMinute("a/tokens").values()];

    expect(units.reduce((sum, each) => sum + each, 0)).toBe(1_600);
  });

  it("close a day quota for both, and try it again with one call only", async () => {
    const { clock, one, two } = await twoProcesses(undefined, 20_000);
    const target = targetWith("a", [tokensOf("a"), { key: "day", unit: "tokens", windowMs: 86_400_000 }]);
    const book = async ({ ledger }: Process) => ledger.reserve([callOf(10, target)]);
    await book(two);
    const first = await book(one);
    if (first.kind === "reserved") first.throttled({ scope: "tokens-per-day" });
    await clock.advance(25_000);
    const closed = await book(two);
    await clock.advance(3_600_000);
    const tries = [await book(one), await book(two)];
    const probe = tries.find((answer) => answer.kind === "reserved");
    if (probe?.kind === "reserved") probe.settle({ tokens: 10 });
    await clock.advance(25_000);

    expect(closed).toMatchObject({ kind: "refused", short: { key: "day" } });
    expect(tries.map(({ kind }) => kind).sort()).toEqual(["refused", "reserved"]);
    expect((await book(two)).kind).toBe("reserved");
  });

  it("hear what the other tells within a second, and not what they tell themselves", async () => {
    const { clock, one, two } = await twoProcesses();
    const heard: string[] = [];
    one.ledger.board.onNews("weather", (text) => void heard.push(`one ${text}`));
    two.ledger.board.onNews("weather", (text) => void heard.push(`two ${text}`));

    one.ledger.board.tell("weather", "rain");
    await clock.advance(1_000);

    expect(heard).toEqual(["two rain"]);
  });
});

describe("a shared book", () => {
  it("asks nobody again before the time it was told", async () => {
    const { clock, server, one, two } = await twoProcesses();
    await two.book(6_000);
    const refusal = await one.ledger.reserve([callOf(5_000)]);
    const asked = server.count("reserve");
    const waitMs = one.startsInMs(5_000);
    await clock.advance(waitMs - 5);
    const before = one.startsInMs(5_000);
    await clock.advance(1_200);

    expect(refusal.kind).toBe("refused");
    expect(waitMs).toBeGreaterThan(4_900);
    expect(before).toBeGreaterThan(0);
    expect(one.startsInMs(5_000)).toBeLessThanOrEqual(0);
    expect(server.count("reserve")).toBe(asked);
  });

  it("takes one round trip to book a call and one to end it, once it knows its pages", async () => {
    const { clock, server, one } = await twoProcesses();
    (await one.book(10)).settle({ tokens: 10 });
    await clock.advance(1);
    server.log.length = 0;
    for (let call = 0; call < 10; call += 1) (await one.book(10)).settle({ tokens: 10 });
    await clock.advance(1);

    expect(server.log).toEqual(Array.from({ length: 10 }, () => ["one reserve", "one end"]).flat());
  });

  it("stops what it does by itself when it is disposed, and is not counted any more", async () => {
    const { clock, server, one, two } = await twoProcesses();
    await one[Symbol.asyncDispose]();
    await two[Symbol.asyncDispose]();
    const asked = server.log.length;
    await clock.advance(60_000);

    expect(clock.pending).toBe(0);
    expect(server.log.length).toBe(asked);
    expect([...server.beats.values()].every(({ untilUs }) => untilUs <= server.nowUs)).toBe(true);
  });

  it("books nothing ahead for a call that is of no use so late", async () => {
    const { clock, server, one } = await twoProcesses();
    await one.book(6_000);

    const late = await one.ledger.reserve([callOf(1_000)], undefined, 999);
    const inTime = await one.ledger.reserve([callOf(1_000)], undefined, 1_000);

    expect(late).toMatchObject({ kind: "refused", startsInMs: 1_000 });
    expect(inTime).toMatchObject({ kind: "reserved", startsInMs: 1_000 });
    expect(server.pages.get("a/tokens")?.open).toBe(7_000);
    expect(clock.monotonicMs()).toBe(10);
  });

  it("is not asked for what it has just shown to start too late", async () => {
    const { server, one } = await twoProcesses();
    await one.book(6_000);
    await one.ledger.reserve([callOf(1_000)], undefined, 500);
    const before = server.asks.length;

    const answer = await one.ledger.reserve([callOf(1_000)], undefined, 500);

    expect(answer).toMatchObject({ kind: "refused", startsInMs: 1_000 });
    expect(server.asks).toHaveLength(before);
  });
});
