import { seededRandom } from "@shardrock/core";
import { expect, it } from "vitest";
import type { TraceCall } from "../traces/trace-call.ts";
import { grownCalls } from "./grown-calls.ts";

function calls(count: number): TraceCall[] {
  return Array.from({ length: count }, (_, index) => ({
    atMs: index * 10,
    model: undefined,
    tenant: undefined,
    inputTokens: index,
    outputTokens: 1,
    maxTokens: undefined,
    priority: 0,
  }));
}

async function grown(factor: number, seed = 1): Promise<TraceCall[]> {
  const all: TraceCall[] = [];
  for await (const call of grownCalls(calls(2_000), factor, seededRandom(seed))) all.push(call);
  return all;
}

it.each([2, 5, 1.5, 0.5])(
  "comes %d times as often, in order, in the same span and with the same sizes",
  async (factor) => {
    const all = await grown(factor);

    expect(all.length / 2_000).toBeGreaterThan(factor * 0.95);
    expect(all.length / 2_000).toBeLessThan(factor * 1.05);
    expect(all.every(({ atMs }, place) => atMs >= (all[place - 1]?.atMs ?? 0))).toBe(true);
    expect(all.at(-1)?.atMs).toBeLessThanOrEqual(19_990);
    expect(all.every(({ atMs, inputTokens }) => Math.floor(atMs / 10) === inputTokens)).toBe(true);
  },
);

it("is the same for the same seed", async () => {
  expect(await grown(2.5, 7)).toEqual(await grown(2.5, 7));
  expect(await grown(2.5, 7)).not.toEqual(await grown(2.5, 8));
});
