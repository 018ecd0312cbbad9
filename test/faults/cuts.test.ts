import { ShardrockError } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { openProxied } from "./proxied.ts";

/** `FAULTS_EVERY_BYTE=1` cuts at every single byte. */
const everyBytes = process.env["FAULTS_EVERY_BYTE"] === "1" ? 1 : 16;

describe.each(["stream", "converse"] as const)("a %s whose connection is cut at any byte", (way) => {
  it("is whole or a typed error, and leaves nothing open in the book", async () => {
    await using world = await openProxied();
    expect(await world[way]()).toMatchObject({ kind: "whole" });
    const length = world.proxy.bytesDown;

    const wrong: unknown[] = [];
    let [whole, broken] = [0, 0];
    for (let bytes = 0; bytes < length; bytes += everyBytes) {
      // Every call has a connection of its own, or bytes of an earlier one would count.
      await world.proxy.poison({ kind: "down" });
      await world.proxy.poison({ kind: "limit_data", bytes });
      const outcome = await world[way]();
      if (outcome.kind === "whole") whole += 1;
      else if (outcome.kind === "error" && isTyped(outcome.error)) broken += 1;
      else wrong.push({ bytes, outcome });
    }

    expect(wrong).toEqual([]);
    expect(length).toBeGreaterThan(500);
    expect(broken, "nearly every cut is felt").toBeGreaterThan(((length / everyBytes) * 8) / 10);
    // The last bytes of a stream are its usage, which a caller can do without.
    if (way === "stream") expect(whole).toBeGreaterThan(0);
    expect(world.leftovers()).toEqual({ open: 0, inFlight: 0 });
    const ends = world.events.filter(({ kind }) => kind === "call-end");
    expect(ends).toHaveLength(whole + broken + 1);
  }, 120_000);
});

/** What a caller can switch on: our code, or the network's. */
function isTyped(error: unknown): boolean {
  if (error instanceof ShardrockError) return true;
  return error instanceof Error && "code" in error && ["ECONNRESET", "EPIPE"].includes(String(error.code));
}
