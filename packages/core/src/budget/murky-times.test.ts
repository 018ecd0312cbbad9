import { expect, it } from "vitest";
import { MurkyTimes } from "./murky-times.ts";

it("remembers when refused calls were under way, together or apart, and forgets the oldest", () => {
  const murky = new MurkyTimes();
  murky.add(10, 20);
  murky.add(15, 30);
  murky.add(50, 60);

  expect([9, 10, 30, 31, 50, 60, 61].map((atUs) => murky.has(atUs))).toEqual([
    false,
    true,
    true,
    false,
    true,
    true,
    false,
  ]);
  for (let stretch = 1; stretch <= 40; stretch += 1) murky.add(stretch * 1_000, stretch * 1_000 + 1);
  expect(murky.has(15)).toBe(false);
  expect(murky.has(40_000)).toBe(true);
});
