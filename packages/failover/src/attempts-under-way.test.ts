import { seededRandom } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { AttemptsUnderWay, type Chained } from "./attempts-under-way.ts";

class Attempt implements Chained {
  readonly callId: number;
  readonly attempt: number;
  nextInTable: this | undefined = undefined;

  constructor(callId: number, attempt: number) {
    this.callId = callId;
    this.attempt = attempt;
  }
}

describe("attempts under way", () => {
  it("are found by their numbers, each until it is removed, however many come and go", () => {
    const table = new AttemptsUnderWay<Attempt>();
    const model = new Map<string, Attempt>();
    const random = seededRandom(5);
    for (let callId = 0; callId < 5_000; callId += 1) {
      for (const number of [1, 2]) {
        const attempt = new Attempt(callId, number);
        table.add(attempt);
        model.set(`${callId}/${number}`, attempt);
      }
      for (const [name, attempt] of model) {
        if (random() > 0.002 && model.size < 800) continue;
        table.remove(attempt);
        table.remove(attempt); // which changes nothing
        model.delete(name);
      }
      const asked = Math.floor(random() * (callId + 5));
      expect(table.find({ callId: asked, attempt: 2 })).toBe(model.get(`${asked}/2`));
    }
    expect(table.size).toBe(model.size);
  });
});
