import { describe, expect, it } from "vitest";
import { ComeAndGo } from "./come-and-go.ts";

describe("ComeAndGo", () => {
  it("keeps the order in which items came, whoever leaves", () => {
    const list = new ComeAndGo<{ readonly name: number; listPlace: number }>();
    const items = Array.from({ length: 200 }, (_, name) => ({ name, listPlace: -1 }));
    const isThere = ({ name }: { readonly name: number }): boolean => name % 7 === 3;
    for (const item of items) list.add(item);

    for (const item of items) if (!isThere(item)) list.remove(item);

    expect(list.all()).toEqual(items.filter(isThere));
    expect(list.size).toBe(items.filter(isThere).length);
  });

  it("lets an item leave once, and come back as the last", () => {
    const list = new ComeAndGo<{ listPlace: number }>();
    const [one, other] = [{ listPlace: -1 }, { listPlace: -1 }];
    list.add(one);
    list.add(other);

    const left = [list.remove(one), list.remove(one)];
    list.add(one);

    expect(left).toEqual([true, false]);
    expect(list.all()).toEqual([other, one]);
  });

  it("takes no room for those that have left", () => {
    const list = new ComeAndGo<{ listPlace: number }>();
    list.add({ listPlace: -1 });
    const last = { listPlace: -1 };

    for (let calls = 0; calls < 1_000; calls += 1) {
      const item = { listPlace: -1 };
      list.add(item);
      list.remove(item);
    }

    list.add(last);
    expect(last.listPlace).toBeLessThan(64);
  });
});
