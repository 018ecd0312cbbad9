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

// Each was seen to fail where nothing keeps it; a promise that core came to keep belongs into its own list.
describe("core alone does not keep row", () => {
  it.fails.each(promisesOfFailover)("$row: $says", (promise) => keeps(promise, coreSubject));
});

describe("with failover core keeps row", () => {
  const all = [...promisesOfCore, ...promisesOfFailover, ...boundsOfFailover];
  it.each(all)("$row: $says", (promise) => keeps(promise, failoverSubject));
});
