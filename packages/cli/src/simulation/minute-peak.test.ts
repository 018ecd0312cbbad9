import { expect, it } from "vitest";
import { MinutePeak } from "./minute-peak.ts";

it("is the most of any minute of the clock, and what ends late counts for its own", () => {
  const peak = new MinutePeak();

  peak.add(59_999, 5);
  peak.add(60_000, 6);
  peak.add(1_000, 4);
  peak.add(7_200_000, 8);

  expect(peak.value).toBe(9);
});

it("starts each minute at nothing, however long nothing came", () => {
  const peak = new MinutePeak();

  for (let minute = 0; minute < 500; minute += minute % 3 === 0 ? 40 : 1) peak.add(minute * 60_000, 1);

  expect(peak.value).toBe(1);
});
