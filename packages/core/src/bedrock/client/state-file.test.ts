import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../../clock.ts";
import type { Json } from "../../json.ts";
import { MemoryLedger } from "../../budget/memory-ledger.ts";
import { MemoryLimits } from "../../budget/memory-limits.ts";
import { ledgerLearner } from "./ledger-state.ts";
import { type Learner, StateFile } from "./state-file.ts";

let folder: string;
let warnings: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shardrock-state-"));
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const warn = (code: string, message: string): void => void warnings.push(`${code}: ${message}`);

/** Timers ring when told. */
function stillClock(): Clock & { ring(): void } {
  let ring = (): void => {};
  return {
    monotonicMs: () => 0,
    epochMs: () => 0,
    sleep: () => Promise.resolve(),
    timer: (_ms, callback) => {
      ring = callback;
      return { [Symbol.dispose]: () => (ring = () => {}) };
    },
    ring: () => ring(),
  };
}

function learner(state: Json, ignored = 0): Learner & { readonly read: unknown[] } {
  const read: unknown[] = [];
  return { read, toState: () => state, fromState: (json) => (read.push(json), { ignored }) };
}

function open(learners: Readonly<Record<string, Learner>>, file = join(folder, "deep", "state.json")) {
  const clock = stillClock();
  return { clock, file, state: new StateFile({ file, learners, clock, warn }) };
}

describe("a state file", () => {
  it("gives each learner its part back after a restart, and says nothing at the first start", () => {
    const first = open({ quotas: learner({ a: 1 }), estimates: learner([2]) });
    first.state[Symbol.dispose]();
    const [quotas, estimates] = [learner({}), learner({})];

    open({ quotas, estimates });

    expect([quotas.read, estimates.read]).toEqual([[{ a: 1 }], [[2]]]);
    expect(warnings).toEqual([]);
  });

  it("is written every minute, whole, for this user only, and not after the end", () => {
    const { clock, file, state } = open({ quotas: learner({ a: 1 }) });
    clock.ring();
    rmSync(file);
    clock.ring();
    const again = readFileSync(file, "utf8");
    state[Symbol.dispose]();
    rmSync(file);
    clock.ring();

    expect(JSON.parse(again)).toEqual({ version: 1, quotas: { a: 1 } });
    expect(readdirSync(join(folder, "deep"))).toEqual([]);
  });

  it.each([
    ["no JSON", "{", "it is no JSON"],
    ["of another version", `{"version":2}`, "no state of version 1"],
    ["no object", `"secret words"`, "no state of version 1"],
  ])("that is %s is told, quotes nothing, and is learned anew", (_what, text, says) => {
    const file = join(folder, "state.json");
    writeFileSync(file, text);
    const quotas = learner({});

    open({ quotas }, file);

    expect(quotas.read).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(says)]);
    expect(warnings.join()).not.toContain("secret");
  });

  it("tells of parts that do not fit, and of a place where it cannot be written", () => {
    const { state, file } = open({ quotas: learner({ a: 1 }) });
    state[Symbol.dispose]();
    open({ quotas: learner({}, 3) });
    const blocked = open({ quotas: learner({}) }, join(file, "below-a-file.json"));
    blocked.state[Symbol.dispose]();

    expect(warnings[0]).toMatch(/^state-ignored:quotas: .*3 part\(s\)/);
    expect(warnings.slice(1).join()).toMatch(/ENOTDIR|EEXIST/);
    chmodSync(file, 0o600);
  });
});

describe("what a ledger learned", () => {
  const key = "a/tokens";
  const quotas = [{ key, unit: "tokens", windowMs: 60_000 }] as const;
  const target = {
    id: "a",
    accountId: "111111111111",
    region: "us-east-1",
    endpoint: "runtime",
    modelId: "m",
    quotas,
  } as const;
  const candidate = {
    target: { ...target, destinationRegions: undefined, weight: 1, isDrained: false },
    cost: { tokens: 1_000 },
  };

  function openLedger(limit: number) {
    const limits = new MemoryLimits();
    limits.set(key, limit, "config");
    return new MemoryLedger({ limits, clock: stillClock() });
  }

  it.each([
    ["bucket", 0.24],
    ["sliding", 0.1],
  ])("goes on with a %s where the limit is the same, and anew where it is another", (kind, burst) => {
    const json = { [key]: { limit: 60_000, share: 0.5, kind, burst }, broken: { limit: -1 } };
    const [same, other] = [openLedger(60_000), openLedger(90_000)];
    const read = [same, other].map((ledger) => ledgerLearner(ledger).fromState(JSON.parse(JSON.stringify(json))));
    for (const ledger of [same, other]) ledger.startsInMs(candidate, 0);

    expect(read).toEqual([{ ignored: 1 }, { ignored: 1 }]);
    expect(same.snapshot(0)[0]).toMatchObject({ enforcement: kind, learnedLimit: 30_000 });
    expect(other.snapshot(0)[0]).toMatchObject({ enforcement: "unknown", learnedLimit: 90_000 });
    expect(ledgerLearner(same).toState()).toEqual({ [key]: { limit: 60_000, share: 0.5, kind, burst } });
    expect(ledgerLearner(other).toState()).toEqual({});
  });

  it("is kept for quotas nobody has asked for yet", () => {
    const json = { elsewhere: { limit: 5, share: 1, kind: "bucket", burst: 0.2 } };
    const learner = ledgerLearner(openLedger(60_000));

    learner.fromState(json);

    expect(learner.toState()).toEqual(json);
  });

  it.each([undefined, null, 7, "text", []])("takes nothing from %j", (json) => {
    expect(ledgerLearner(openLedger(1)).fromState(json)).toEqual({ ignored: 0 });
  });
});
