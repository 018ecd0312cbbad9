import fc from "fast-check";
import { expect, it } from "vitest";
import { TimeOrder } from "./time-order.ts";
import type { TraceRow } from "./trace-row.ts";

const rowAt = (timeMs: number, turn: number): TraceRow => ({
  kind: "row",
  timeMs,
  model: undefined,
  tenant: undefined,
  inputTokens: turn,
  outputTokens: 0,
  maxTokens: undefined,
  priority: 0,
});

/** Everything that comes out when every row is pushed and what may be handed out is. */
function through(times: readonly number[], rows: number) {
  const order = new TimeOrder(rows);
  const out: TraceRow[] = [];
  const refused: number[] = [];
  let mostHeld = 0;
  for (const [turn, timeMs] of times.entries()) {
    if (!order.push(rowAt(timeMs, turn))) refused.push(timeMs);
    for (let row = order.pull(); row !== undefined; row = order.pull()) out.push(row);
    mostHeld = Math.max(mostHeld, turn + 1 - refused.length - out.length);
  }
  for (let row = order.drain(); row !== undefined; row = order.drain()) out.push(row);
  return { out, refused, mostHeld };
}

it("hands out every row by time, equal ones as they came, when none is further out of order than the window", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (times) => {
      const { out, refused } = through(times, times.length);
      const sorted = times
        .map((timeMs, turn) => ({ timeMs, turn }))
        .toSorted((one, other) => one.timeMs - other.timeMs || one.turn - other.turn);

      expect(refused).toEqual([]);
      expect(out.map(({ timeMs, inputTokens }) => ({ timeMs, turn: inputTokens }))).toEqual(sorted);
    }),
    { seed: 8 },
  );
});

it("holds back no more rows than the window, never goes back in time, and loses none but those it refuses", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 200 }), fc.nat(8), (times, rows) => {
      const { out, refused, mostHeld } = through(times, rows);

      expect(mostHeld).toBeLessThanOrEqual(rows);
      expect(out.length + refused.length).toBe(times.length);
      for (const [place, row] of out.entries()) expect(row.timeMs).toBeGreaterThanOrEqual(out[place - 1]?.timeMs ?? 0);
    }),
    { seed: 8 },
  );
});

it("puts a long run in order that is shuffled within its window", () => {
  const times = Array.from({ length: 20_000 }, (_, place) => place + ((place * 7_919) % 64));

  const { out, refused } = through(times, 64);

  expect(refused).toEqual([]);
  expect(out).toHaveLength(20_000);
});
