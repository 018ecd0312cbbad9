import { describe, expect, it } from "vitest";
import { ManualClock, settleDown } from "../bedrock/testing/manual-clock.test.kit.ts";
import { targetOf, WaitingRoom } from "./waiting-room.test.kit.ts";

const four = ["a", "b", "c", "d"].map(targetOf);

function open(maxInFlight?: number) {
  const clock = new ManualClock();
  const room = new WaitingRoom(clock, maxInFlight);
  const { ledger, admission, log } = room;
  return { clock, ledger, admission, log, admit: room.admit.bind(room) };
}

describe("a book that refuses what it had quoted", () => {
  it("is asked again when it said, and not before, whoever waits", async () => {
    const { clock, ledger, admit } = open();
    ledger.rule = (asked) => asked.refuse(250);

    for (let call = 0; call < 100; call += 1) void admit(`call ${call}`, { targets: four });
    await clock.advance(10_000);

    const perSecond = ledger.asks.filter(({ atMs }) => atMs >= 1_000 && atMs < 2_000);
    expect(perSecond.length).toBeGreaterThanOrEqual(4);
    expect(perSecond.length).toBeLessThanOrEqual(16);
    expect(new Set(perSecond.map(({ atMs }) => atMs % 250))).toEqual(new Set([0]));
  });

  it("is asked no more often when the calls that wait are of all sizes", async () => {
    const { clock, ledger, admit } = open();
    ledger.rule = (asked) => asked.refuse(500);

    for (let call = 0; call < 100; call += 1) void admit(`call ${call}`, { tokens: 100 + ((call * 37) % 100) });
    await clock.advance(10_000);

    expect(ledger.asks.filter(({ atMs }) => atMs >= 1_000 && atMs < 2_000).length).toBeLessThanOrEqual(20);
  });

  it("is asked by one call at a time once it was short, until it has room again", async () => {
    const { clock, ledger, admit } = open();
    ledger.quoted = ({ cost }) => (cost.tokens ?? 0) - 1_500;
    for (let call = 0; call < 4; call += 1) void admit(`early ${call}`, { targets: four, deadlineMs: 40 });
    for (let call = 0; call < 4; call += 1) void admit(`late ${call}`, { targets: four });
    await settleDown();
    expect(ledger.asks).toHaveLength(4);

    for (const asked of ledger.asks) asked.refuse(50);
    await settleDown();
    await clock.advance(2_000);
    expect(ledger.asks).toHaveLength(5);

    ledger.asks[4]?.grant();
    await settleDown();
    expect(ledger.asks).toHaveLength(8);
  });

  it("is not asked again for a call that cannot start in time any more, as it said: that call is refused at once", async () => {
    const { clock, ledger, log, admit } = open();
    ledger.rule = (asked) => asked.refuse(20, 300);

    void admit("first", { deadlineMs: 299 });
    void admit("second", { deadlineMs: 3_000 });
    await clock.advance(100);

    expect(log).toEqual(["first: no room in time: a call of this size fits in 300 ms"]);
    expect(ledger.asks.length).toBeGreaterThan(2);
  });

  it("keeps a call that waited at its place: those that came later go after it", async () => {
    const { clock, ledger, log, admit } = open();
    ledger.quoted = ({ cost }) => Math.max(100 - clock.monotonicMs(), (cost.tokens ?? 0) - 2_000);
    ledger.rule = (asked) => (clock.monotonicMs() < 700 ? asked.refuse(600) : asked.grant());
    void admit("first");
    void admit("second", { tokens: 2_000 });
    void admit("third", { tokens: 5 });

    await clock.advance(699);
    expect(ledger.asks.map(({ atMs }) => atMs)).toEqual([100]);
    await clock.advance(1_000);

    expect(log).toEqual(["first starts at 700", "second starts at 700", "third starts at 700"]);
  });

  it("is asked by one call at a time where it has no room for more", async () => {
    const { clock, ledger, log, admit } = open();
    ledger.quoted = ({ cost }) => (clock.monotonicMs() < 100 ? 100 - clock.monotonicMs() : (cost.tokens ?? 0) - 1_500);
    for (const name of ["one", "two", "three"]) void admit(name);
    await clock.advance(100);
    expect(ledger.asks).toHaveLength(1);

    ledger.asks[0]?.grant();
    await settleDown();
    expect([log, ledger.asks.length]).toEqual([["one starts at 100"], 2]);
    ledger.asks[1]?.refuse(300);
    await clock.advance(299);

    expect(ledger.asks).toHaveLength(2);
    await clock.advance(1);
    expect(ledger.asks).toHaveLength(3);
  });

  it("is asked by several at once where it has room for all", async () => {
    const { ledger, admit } = open();
    ledger.quoted = ({ cost }) => (cost.tokens ?? 0) - 60_000;

    for (let call = 0; call < 50; call += 1) void admit(`call ${call}`);
    await settleDown();

    expect(ledger.asks).toHaveLength(50);
  });

  it("is asked at once for each target that has room for one more, and for none twice", async () => {
    const { clock, ledger, admit } = open();
    ledger.quoted = ({ cost }) => (clock.monotonicMs() < 100 ? 100 - clock.monotonicMs() : (cost.tokens ?? 0) - 1_500);
    for (let call = 0; call < 10; call += 1) void admit(`call ${call}`, { targets: four });

    await clock.advance(100);

    const firsts = ledger.asks.map(({ candidates }) => candidates[0]?.target.id);
    expect(firsts.toSorted((one, other) => (one ?? "").localeCompare(other ?? ""))).toEqual(["a", "b", "c", "d"]);
  });

  it("does not let a small call by while a refused one asks again", async () => {
    const { clock, ledger, log, admit } = open();
    void admit("large", { tokens: 10_000 });
    await settleDown();
    ledger.asks[0]?.refuse(200);
    await clock.advance(200);
    expect(ledger.asks).toHaveLength(2);

    void admit("small", { tokens: 1 });
    await settleDown();
    expect(ledger.asks).toHaveLength(2);
    ledger.asks[1]?.refuse(100);
    await settleDown();
    expect(ledger.asks).toHaveLength(2);
    await clock.advance(100);
    ledger.asks[2]?.grant();
    await settleDown();
    ledger.asks[3]?.grant();
    await settleDown();

    expect(log).toEqual(["large starts at 300", "small starts at 300"]);
  });

  it("never fails a call because others ask for all of a quota", async () => {
    const { ledger, log, admit } = open();
    ledger.quoted = ({ cost }) => ((cost.tokens ?? 0) > 60_000 ? Number.POSITIVE_INFINITY : 0);
    void admit("one", { tokens: 40_000 });
    void admit("two", { tokens: 40_000 });
    await settleDown();
    expect([log, ledger.asks.length]).toEqual([[], 1]);

    ledger.asks[0]?.grant();
    await settleDown();
    ledger.asks[1]?.grant();
    await settleDown();

    expect(log).toEqual(["one starts at 0", "two starts at 0"]);
  });

  it("is asked at once when capacity came back earlier than it said", async () => {
    const { clock, ledger, log, admit } = open();
    void admit("call");
    await settleDown();
    ledger.asks[0]?.refuse(5_000);
    await clock.advance(1_000);

    ledger.rule = (asked) => asked.grant();
    ledger.giveBack();
    await settleDown();

    expect(log).toEqual(["call starts at 1000"]);
  });

  it("releases what it grants after its caller gave up", async () => {
    const { clock, ledger, admission, log, admit } = open();
    ledger.quoted = () => 100 - clock.monotonicMs();
    const caller = new AbortController();
    void admit("call", { signal: caller.signal });
    await clock.advance(100);

    caller.abort(new Error("given up"));
    ledger.asks[0]?.grant();
    await settleDown();

    expect([log, ledger.endings, admission.inFlight]).toEqual([["call: given up"], ["released"], 0]);
  });

  it("is not asked for ever where it named no time", async () => {
    const { clock, ledger, admit } = open();
    ledger.rule = (asked) => asked.refuse(Number.POSITIVE_INFINITY);

    void admit("call", { deadlineMs: 60_000 });
    await clock.advance(59_000);

    expect(ledger.asks.map(({ atMs }) => atMs)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
  });
});
