import type { NoCapacityError } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { accountTarget, outcome, routedWorld } from "./routed-world.ts";

const burst = 5_820;

/** A room for three calls, with a call under way and all its room taken. */
function fullWorld(bounds = { maxInFlight: 9, maxQueued: 3, maxQueuedBytes: 1_000 }) {
  const world = routedWorld([accountTarget("a")], { bounds, maxWaitMs: 600_000 });
  const ended = new Map<string, unknown>();
  const call = (name: string, priority: number, change: { tenant?: string; bytes?: number; maxWaitMs?: number } = {}) =>
    void outcome(world.router.run(world.request(burst, { priority, ...change }), world.serve(name))).then((result) =>
      ended.set(name, "error" in result ? result.error : "served"),
    );
  call("under way", 0);
  return { ...world, call, ended };
}

describe("a full waiting room", () => {
  it("sheds the youngest call of the lowest class for a higher one, and says so", async () => {
    const { call, ended, clock, started } = fullWorld();
    call("middle", 1);
    call("oldest", 0);
    call("youngest", 0);
    call("high", 2);
    await clock.advance(1);

    const error = ended.get("youngest") as NoCapacityError;
    expect(error).toMatchObject({
      code: "no-capacity",
      message: expect.stringContaining("shed for a call of priority 2"),
    });
    expect(error.retryAfterMs).toBeGreaterThan(1_000);
    await clock.advance(60_000);
    expect(started).toEqual(["under way", "high", "middle", "oldest"]);
  });

  it("sheds of the tenant that has most waiting", async () => {
    const { call, ended, clock } = fullWorld();
    call("flood 1", 0, { tenant: "flood" });
    call("flood 2", 0, { tenant: "flood" });
    call("calm", 0, { tenant: "calm" });
    call("high", 1);
    await clock.advance(1);

    expect([...ended.keys()]).toEqual(["flood 2"]);
  });

  it("refuses a newcomer of the lowest class, and of the same class as all", async () => {
    const { call, ended, clock } = fullWorld();
    for (const name of ["one", "two", "three"]) call(name, 1);
    call("same", 1);
    call("lower", 0);
    await clock.advance(1);

    expect([...ended.keys()]).toEqual(["same", "lower"]);
    expect(ended.get("same")).toMatchObject({ message: expect.stringContaining("waiting room full") });
  });

  it("sheds as many as it takes to hold a call's bytes, and nobody when that would not be enough", async () => {
    const { call, ended, clock } = fullWorld({ maxInFlight: 9, maxQueued: 9, maxQueuedBytes: 1_000 });
    call("low 1", 0, { bytes: 300 });
    call("low 2", 0, { bytes: 300 });
    call("equal", 1, { bytes: 300 });
    call("too large", 1, { bytes: 800 });
    call("large", 1, { bytes: 700 });
    await clock.advance(1);

    expect([...ended.keys()]).toEqual(["too large", "low 2", "low 1"]);
  });

  it("sheds nobody for a call that could not make it anyway", async () => {
    const { call, ended, clock } = fullWorld();
    for (const name of ["one", "two", "three"]) call(name, 0);
    call("hasty", 1, { maxWaitMs: 10 });
    await clock.advance(1);

    expect([...ended.keys()]).toEqual(["hasty"]);
  });
});
