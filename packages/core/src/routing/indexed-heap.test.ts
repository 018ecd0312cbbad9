import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Heaped, IndexedHeap } from "./indexed-heap.ts";

interface Item extends Heaped {
  key: number;
}

describe("a heap whose items move", () => {
  it("has the least first, whatever was added, removed and moved", () => {
    const step = fc.record({ kind: fc.constantFrom("add", "remove", "move"), at: fc.nat(20), key: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = new IndexedHeap<Item>((one, other) => one.key < other.key);
        const items: Item[] = [];
        for (const { kind, at, key } of steps) {
          const item = items[at % Math.max(1, items.length)];
          if (kind === "add" || item === undefined) {
            const added = { key, heapPlace: -1 };
            items.push(added);
            heap.add(added);
          } else if (kind === "remove") {
            heap.remove(item);
            items.splice(items.indexOf(item), 1);
            expect(item.heapPlace).toBe(-1);
          } else {
            item.key = key;
            heap.moved(item);
          }
          expect(heap.size).toBe(items.length);
          if (items.length > 0) expect(heap.first?.key).toBe(Math.min(...items.map((one) => one.key)));
        }
      }),
    );
  });
});
