import type { Toxic } from "@shardrock/simulator";
import { describe, expect, it } from "vitest";
import { openProxied, type Outcome } from "./proxied.ts";

/** A black hole is given up soon; elsewhere no timer of ours is near, however slow the machine. */
const timeouts = { firstEventMs: 150, idleMs: 150, totalMs: 300 };
const whole: Partial<Outcome> = { kind: "whole" };
const failed = (facts: object) => ({ kind: "error", error: expect.objectContaining(facts) });

/** What a caller is promised, of a stream and of an answer in one piece, and how the book ends. */
const promises: readonly {
  readonly toxic: Toxic;
  readonly stream: object;
  readonly converse: object;
  readonly booking: "settled" | "kept" | "released";
}[] = [
  { toxic: { kind: "latency", latencyMs: 20, jitterMs: 10 }, stream: whole, converse: whole, booking: "settled" },
  {
    toxic: { kind: "down" },
    stream: failed({ code: "ECONNREFUSED" }),
    converse: failed({ code: "ECONNREFUSED" }),
    booking: "released",
  },
  { toxic: { kind: "bandwidth", bytesPerSecond: 40_000 }, stream: whole, converse: whole, booking: "settled" },
  { toxic: { kind: "slow_close", delayMs: 50 }, stream: whole, converse: whole, booking: "settled" },
  {
    toxic: { kind: "timeout", timeoutMs: 0 },
    stream: failed({ code: "timeout", message: expect.stringContaining("first content") }),
    converse: failed({ code: "timeout" }),
    booking: "kept",
  },
  {
    toxic: { kind: "timeout", timeoutMs: 0, stream: "upstream" },
    stream: failed({ code: "timeout" }),
    converse: failed({ code: "timeout" }),
    booking: "kept",
  },
  {
    toxic: { kind: "timeout", timeoutMs: 40 },
    stream: failed({ code: "ECONNRESET" }),
    converse: failed({ code: "ECONNRESET" }),
    booking: "kept",
  },
  {
    toxic: { kind: "reset_peer", timeoutMs: 0 },
    stream: failed({ code: "ECONNRESET" }),
    converse: failed({ code: "ECONNRESET" }),
    booking: "kept",
  },
  {
    toxic: { kind: "slicer", averageBytes: 12, variationBytes: 11 },
    stream: whole,
    converse: whole,
    booking: "settled",
  },
  {
    toxic: { kind: "limit_data", bytes: 500 },
    stream: { kind: "error", error: expect.any(Error) },
    converse: failed({ code: "ECONNRESET" }),
    booking: "kept",
  },
];

describe.each(promises)("over a network with $toxic", ({ toxic, stream, converse, booking }) => {
  it.each([
    ["stream", stream],
    ["converse", converse],
  ] as const)("a call (%s) ends as promised, and leaves nothing open in the book", async (way, promised) => {
    await using world = await openProxied([toxic], toxic.kind === "timeout" ? { timeouts } : {});

    expect(await world[way]()).toMatchObject(promised);

    const attempts = world.events.filter((event) => event.kind === "attempt-end");
    expect(attempts).toMatchObject([{ booking }]);
    expect(world.leftovers()).toEqual({ open: 0, inFlight: 0 });
  });
});

it("a client serves again over connections made after the network came back", async () => {
  await using world = await openProxied();
  expect(await world.converse()).toMatchObject(whole);
  await world.proxy.poison({ kind: "reset_peer", timeoutMs: 0 });

  // The pooled connection still works; then it is cut, and new ones are reset.
  await world.proxy.poison({ kind: "down" });
  await world.proxy.poison();

  expect(await world.converse()).toMatchObject(whole);
  expect(await world.stream()).toMatchObject(whole);
  expect(world.leftovers()).toEqual({ open: 0, inFlight: 0 });
});
