import { describe, expect, it } from "vitest";
import { settleDown } from "../testing/manual-clock.test.kit.ts";
import { Turns } from "./turns.ts";

/** Takes a turn and says when it has one. */
function takes(turns: Turns, signal: AbortSignal = new AbortController().signal) {
  const taking = { has: false, end: (): void => undefined, failed: undefined as unknown };
  turns.take(signal).then(
    (turn) => {
      taking.has = true;
      taking.end = () => turn[Symbol.dispose]();
    },
    (error: unknown) => (taking.failed = error),
  );
  return taking;
}

describe("turns", () => {
  it("are so many at a time, first come first served", async () => {
    const turns = new Turns(2);
    const all = Array.from({ length: 4 }, () => takes(turns));
    await settleDown();
    expect(all.map(({ has }) => has)).toEqual([true, true, false, false]);

    all[1]?.end();
    await settleDown();

    expect(all.map(({ has }) => has)).toEqual([true, true, true, false]);
  });

  it("are left by whoever is aborted while waiting, and go to the next one", async () => {
    const turns = new Turns(1);
    const leaving = new AbortController();
    const [first, gone, last] = [takes(turns), takes(turns, leaving.signal), takes(turns)];
    await settleDown();

    leaving.abort(new Error("left"));
    await settleDown();
    first.end();
    await settleDown();

    expect([gone.has, gone.failed, last.has]).toEqual([false, new Error("left"), true]);
  });

  it("are not lost by whoever is aborted in the very moment", async () => {
    const turns = new Turns(1);
    const leaving = new AbortController();
    const [first, gone, last] = [takes(turns), takes(turns, leaving.signal), takes(turns)];
    await settleDown();

    first.end();
    leaving.abort(new Error("left"));
    await settleDown();

    expect([gone.has, last.has]).toEqual([false, true]);
  });
});
