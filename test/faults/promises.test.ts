import { describe, expect, it } from "vitest";
import { violations } from "./invariants.ts";
import { play } from "./play.ts";
import type { FaultPromise } from "./promise.ts";
import { promisesOfCore } from "./promises-of-core.ts";
import { boundsOfFailover, promisesOfFailover } from "./promises-of-failover.ts";
import { coreSubject, failoverSubject, type Subject } from "./subject.ts";

async function keeps({ plan, holds }: FaultPromise, subject: Subject): Promise<void> {
  const trace = await play(plan, subject);

  expect(violations(trace, subject)).toEqual([]);
  holds(trace);
}

describe("core alone keeps row", () => {
  it.each(promisesOfCore)("$row: $says", (promise) => keeps(promise, coreSubject));
});

// A promise that core came to keep belongs into its own list.
describe("core alone does not keep row", () => {
  it.each(promisesOfFailover)("$row: $says", async ({ plan, holds }) => {
    const trace = await play(plan, coreSubject);

    expect(violations(trace, coreSubject)).toEqual([]);
    expect(() => holds(trace)).toThrow(expect.objectContaining({ name: "AssertionError" }));
  });
});

describe("with failover core keeps row", () => {
  const all = [...promisesOfCore, ...promisesOfFailover, ...boundsOfFailover];
  it.each(all)("$row: $says", (promise) => keeps(promise, failoverSubject));
});
