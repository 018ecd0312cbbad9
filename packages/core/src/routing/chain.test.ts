import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Chain, type Link } from "./chain.ts";

function valuesOf(chain: Chain<number>): number[] {
  const values: number[] = [];
  for (let link = chain.first; link !== undefined; link = link.after) values.push(link.value);
  return values;
}

describe("a chain", () => {
  it("is in order both ways, whatever was added and removed", () => {
    const step = fc.record({ isAdded: fc.boolean(), value: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const chain = new Chain<number>((one, other) => one < other);
        const links: Link<number>[] = [];
        for (const { isAdded, value } of steps) {
          const link = links[value % Math.max(1, links.length)];
          if (isAdded || link === undefined) links.push(chain.add(value));
          else chain.remove(...(links.splice(links.indexOf(link), 1) as [Link<number>]));
        }

        const sorted = links.map(({ value }) => value).sort((one, other) => one - other);
        expect(valuesOf(chain)).toEqual(sorted);
        expect(chain.length).toBe(sorted.length);
        expect(chain.last?.value).toBe(sorted.at(-1));
      }),
    );
  });
});
