import fc from "fast-check";
import { expect, it } from "vitest";
import { TraceTime } from "./trace-time.ts";

it("reads every time JavaScript writes as what it is", () => {
  const time = new TraceTime();
  fc.assert(
    fc.property(fc.date({ min: new Date("0100-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }), (date) => {
      expect(time.read(date.toISOString())).toBe(date.getTime());
    }),
    { seed: 8 },
  );
});

it.each([
  ["2026-02-29T00:00:00Z", undefined],
  ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
  ["2026-13-01T00:00:00Z", undefined],
  ["2026-00-01T00:00:00Z", undefined],
  ["2026-01-01T24:00:00Z", undefined],
  ["2026-01-01T00:60:00Z", undefined],
  ["2026-01-01 00:00:01,5", Date.UTC(2026, 0, 1, 0, 0, 1, 500)],
  ["2026-01-01t00:00z", Date.UTC(2026, 0, 1)],
  ["2026-01-01T00:00:00 UTC", Date.UTC(2026, 0, 1)],
  ["2026-01-01T05:30:00+05:30", Date.UTC(2026, 0, 1)],
  ["2025-12-31T16:00:00-0800", Date.UTC(2026, 0, 1)],
  ["2026-01-01", undefined],
  ["yesterday", undefined],
  ["", undefined],
])("reads %s as %s", (text, ms) => {
  expect(new TraceTime().read(text)).toBe(ms);
});
