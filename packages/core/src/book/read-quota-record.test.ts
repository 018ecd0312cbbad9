import { describe, expect, it } from "vitest";
import { noAges } from "../budget/evidence.ts";
import { QuotaLearner } from "../budget/quota-learner.ts";
import type { QuotaRecord } from "../budget/quota-record.ts";
import { WindowRing } from "../budget/window-ring.ts";
import { readQuotaRecord } from "./read-quota-record.ts";

const windowUs = 60_000_000;
const nowUs = 1_763_894_400_000_000;

function fresh(): QuotaLearner {
  const learner = new QuotaLearner(windowUs);
  learner.publish({ value: 1_000, published: 1_000, source: "config" }, nowUs);
  learner.read(nowUs);
  return learner;
}

/** A learner that was refused often, in stretches that lie apart. */
function taught(times = 40): QuotaLearner {
  const learner = fresh();
  const ring = new WindowRing(windowUs, 480);
  for (let time = 0; time < times; time += 1) {
    const atUs = nowUs - (times - time) * 5_000_000;
    const sight = { atUs, slot: 0, held: 10, levelUs: 3e6, most: 300, least: 290, doubt: 0, overAge: noAges };
    learner.refused(learner.evidence(sight), { ring, held: 10 }, atUs + 1e6);
    learner.read(atUs + 1e6);
  }
  return learner;
}

function read(text: string, at: { windowUs: number; nowUs: number } = { windowUs, nowUs }) {
  return readQuotaRecord(text, at);
}

function changed(change: (record: QuotaRecord) => unknown): string {
  return JSON.stringify(change(taught().toRecord()));
}

describe("the record of what is known of a quota", () => {
  it.each([
    ["that nobody has used", fresh],
    ["that AWS refused", taught],
  ])("is the same after it went through JSON, with its infinities, of one %s", (_, make) => {
    const record = make().toRecord();

    expect(read(JSON.stringify(record))).toEqual({ kind: "record", record });
  });

  it("is less than 4 kB, however much was refused", () => {
    expect(JSON.stringify(taught(200).toRecord()).length).toBeLessThan(4_096);
  });

  it.each([
    ["no JSON", "{", "expected object"],
    ["no object", "7", "expected object"],
    ["of another version", changed((record) => ({ ...record, version: 2 })), "version"],
    ["without what was learned", changed(({ learned: _, ...record }) => record), "learned"],
    ["of another window", changed((record) => ({ ...record, windowUs: 1e6 })), "another window"],
  ])("is unreadable when it is %s", (_, text, reason) => {
    expect(read(text)).toEqual({ kind: "unreadable", reason: expect.stringContaining(reason) });
  });

  it.each([
    ["share", 0],
    ["share", -1],
    ["share", "1"],
    ["burst", 0],
    ["burst", null],
    ["limit", 1.06],
    ["refusedAtUs", nowUs + 2 * windowUs],
    ["believedSinceUs", nowUs + 2 * windowUs],
    ["belief", -1],
  ])("is unreadable when a learner cannot have come to %s %s", (name, value) => {
    const text = changed((record) => {
      const known = { ...record.learned.known, [name]: value };
      return { ...record, learned: { ...record.learned, known } };
    });

    expect(read(text)).toEqual({ kind: "unreadable", reason: expect.stringContaining(name) });
  });

  it("is unreadable when it would hold the quota back for longer than any pause", () => {
    const text = changed((record) => {
      const pause = { refusalsInARow: 1, untilUs: nowUs + 2 * windowUs };
      return { ...record, learned: { ...record.learned, pause } };
    });

    expect(read(text)).toEqual({ kind: "unreadable", reason: "pausedUntilUs: of the future" });
  });

  it("never says what it held", () => {
    const reading = read('{"version":1,"windowUs":"secret"}');

    expect(JSON.stringify(reading)).not.toContain("secret");
  });
});
