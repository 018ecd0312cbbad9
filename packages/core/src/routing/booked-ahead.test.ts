import { describe, expect, it } from "vitest";
import { ManualClock, settleDown } from "../bedrock/testing/manual-clock.test.kit.ts";
import { targetOf, WaitingRoom } from "./waiting-room.test.kit.ts";

const a = targetOf("a");

function open(maxInFlight?: number) {
  const clock = new ManualClock();
  const room = new WaitingRoom(clock, maxInFlight);
  const { ledger, admission, log } = room;
  return { clock, ledger, admission, log, admit: room.admit.bind(room) };
}

describe("a call that is booked ahead", () => {
  it("is not sent before its time", async () => {
    const { clock, ledger, log, admit } = open();
    ledger.rule = (asked) => asked.grant(1_500);

    void admit("call");
    await clock.advance(1_499);
    expect(log).toEqual([]);
    await clock.advance(1);

    expect(log).toEqual(["call starts at 1500"]);
  });

  it("is not sent before its time either when it had waited for its turn", async () => {
    const { clock, ledger, log, admit } = open();
    ledger.quoted = () => (clock.monotonicMs() < 100 ? 100 - clock.monotonicMs() : 0);
    ledger.rule = (asked) => asked.grant(400);

    void admit("call");
    await clock.advance(499);
    expect([log, ledger.asks.length]).toEqual([[], 1]);
    await clock.advance(1);

    expect(log).toEqual(["call starts at 500"]);
  });

  it("is not sent before its time where timers ring a little early", async () => {
    const clock = new ManualClock();
    const early = Object.assign(Object.create(clock) as ManualClock, {
      monotonicMs: () => clock.monotonicMs(),
      timer: (ms: number, callback: () => void) => clock.timer(ms > 1 ? ms - 0.75 : ms, callback),
    });
    const room = new WaitingRoom(early);
    const { ledger, log } = room;
    ledger.rule = (asked) => asked.grant(1_500);

    void room.admit("call");
    await clock.advance(1_499.9);
    expect(log).toEqual([]);
    await clock.advance(2);

    expect(log).toHaveLength(1);
  });

  it("goes on in the same turn when it may start now", async () => {
    const { ledger, log, admit } = open();
    ledger.rule = (asked) => asked.grant(0);

    void admit("call");
    await settleDown();

    expect(log).toEqual(["call starts at 0"]);
  });

  it("shows as waiting, and holds its place in flight", async () => {
    const { clock, ledger, admission, admit } = open(1);
    ledger.rule = (asked) => asked.grant(1_000);
    void admit("one", { tenant: "t", tokens: 700 });
    await clock.advance(200);

    expect(admission.inFlight).toBe(1);
    expect(admission.queueSnapshot(200)).toEqual([{ priority: 0, tenant: "t", calls: 1, tokens: 700, oldestMs: 200 }]);
    void admit("two", { tenant: "t", tokens: 300 });
    expect(admission.queueSnapshot(200)).toEqual([
      { priority: 0, tenant: "t", calls: 2, tokens: 1_000, oldestMs: 200 },
    ]);
    expect(ledger.asks).toHaveLength(1);
    await clock.advance(1_000);
    expect(admission.queueSnapshot(1_200)).toHaveLength(1);
  });

  it("gives back what it had booked when its caller gives up", async () => {
    const { clock, ledger, admission, log, admit } = open();
    ledger.rule = (asked) => asked.grant(1_000);
    const caller = new AbortController();
    void admit("call", { signal: caller.signal });
    await clock.advance(300);

    caller.abort(new Error("given up"));
    await settleDown();

    expect([log, ledger.endings, admission.inFlight]).toEqual([["call: given up"], ["released"], 0]);
    await clock.advance(2_000);
    expect([log.length, clock.pending]).toEqual([1, 0]);
  });

  it("gives back what it had booked when the router is closed", async () => {
    const { clock, ledger, admission, log, admit } = open();
    ledger.rule = (asked) => asked.grant(1_000);
    void admit("call");
    await clock.advance(300);

    admission.close(new Error("closed"));
    await settleDown();

    expect([log, ledger.endings, admission.inFlight]).toEqual([["call: closed"], ["released"], 0]);
    await clock.advance(2_000);
    expect(log).toHaveLength(1);
  });

  it("gives back what it had booked when the router was closed before the answer came", async () => {
    const { ledger, admission, log, admit } = open();
    void admit("call");
    await settleDown();

    admission.close(new Error("closed"));
    ledger.asks[0]?.grant(1_000);
    await settleDown();

    expect([log, ledger.endings, admission.inFlight]).toEqual([["call: closed"], ["released"], 0]);
  });

  it.each([
    ["at once", 0],
    ["after it had waited", 100],
  ])("is refused where it would start after its deadline: %s", async (_when, roomAtMs) => {
    const { clock, ledger, admission, log, admit } = open();
    ledger.quoted = () => roomAtMs - clock.monotonicMs();
    ledger.rule = (asked) => asked.grant(1_000);

    void admit("call", { deadlineMs: 900 });
    await clock.advance(roomAtMs);

    expect(log).toEqual(["call: no room in time: a call of this size fits in 1000 ms"]);
    expect([ledger.endings, admission.inFlight, clock.monotonicMs()]).toEqual([["released"], 0, roomAtMs]);
  });

  it("starts where its deadline is the very time it was told", async () => {
    const { clock, ledger, log, admit } = open();
    ledger.quoted = () => 100 - clock.monotonicMs();
    ledger.rule = (asked) => asked.grant(800);

    void admit("call", { deadlineMs: 900 });
    await clock.advance(900);

    expect(log).toEqual(["call starts at 900"]);
  });

  it("is refused when it comes back late: then it waits no more", async () => {
    const { clock, ledger, admission, log, admit } = open();
    ledger.rule = (asked) => asked.grant(50);
    await clock.advance(1_000);

    void admit("late", { deadlineMs: 900 }, true);
    await settleDown();

    expect(log).toEqual(["late: no room in time: a call of this size fits in 50 ms"]);
    expect([ledger.endings, admission.inFlight]).toEqual([["released"], 0]);
  });

  it("looks elsewhere when it may not go there any more", async () => {
    const { clock, ledger, admission, log, admit } = open();
    ledger.rule = (asked) => asked.grant(asked.candidates[0]?.target === a ? 1_000 : undefined);
    let targets = [a];
    const eligible = () => targets.map((target) => ({ target, cost: { requests: 1, tokens: 10 } }));
    const admitted = admit("call", { eligible });
    await clock.advance(300);

    admission.change(() => (targets = [targetOf("b")]));
    await settleDown();

    expect([log, ledger.endings]).toEqual([["call starts at 300"], ["released"]]);
    expect((await admitted)?.target.id).toBe("b");
    expect(admission.inFlight).toBe(1);
  });

  it("lets the next call have its place in flight when it is given up", async () => {
    const { clock, ledger, log, admit } = open(1);
    ledger.rule = (asked) => asked.grant(ledger.asks.length === 1 ? 1_000 : undefined);
    const caller = new AbortController();
    void admit("one", { signal: caller.signal });
    void admit("two");
    await clock.advance(300);

    caller.abort(new Error("given up"));
    await settleDown();

    expect(log).toEqual(["one: given up", "two starts at 300"]);
  });
});
