import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@shardrock/core";
import { afterAll, describe, expect, it } from "vitest";
import { bursting, generated } from "../../../benchmarks/ceiling/arrivals.ts";
import type { Cell } from "../../../benchmarks/ceiling/cell.ts";
import { cellFile, sourceHash } from "../../../benchmarks/ceiling/cell-store.ts";
import { drawChart } from "../../../benchmarks/ceiling/chart.ts";
import { conversations } from "../../../benchmarks/ceiling/conversations.ts";
import { type Figure, isMet, sayBar, sayFigure } from "../../../benchmarks/ceiling/figure.ts";
import { Histogram } from "../../../benchmarks/ceiling/histogram.ts";
import { resultOf, type RunResult } from "../../../benchmarks/ceiling/run-result.ts";
import { runCells } from "../../../benchmarks/ceiling/run-cells.ts";
import { defaultSize } from "../../../benchmarks/ceiling/size.ts";
import { Tally } from "../../../benchmarks/ceiling/tally.ts";

const folder = mkdtempSync(join(tmpdir(), "shardrock-bench-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cell: Cell = {
  where: "virtual time",
  contender: "shardrock",
  limiter: "bucket25",
  streams: [{ name: "chat", workload: "chat", load: 3 }],
  seed: 1,
  minutes: 30,
  learningMinutes: 10,
  size: defaultSize,
  trace: undefined,
};
const emptyTally = () =>
  new Tally({ clock: { monotonicMs: () => 0 }, startMs: 0, learnedMs: 0, windowMs: 1, streams: 1, targets: 1 });
const result: RunResult = resultOf(emptyTally(), { learningMinutes: 1, minutes: 2, summedTpm: 1, summedRpm: 0 });

describe("a bench that is stopped and run again", () => {
  it("finds the cells that are done, and no others", () => {
    const file = join(mkdtempSync(join(folder, "run-")), "cells.jsonl");
    cellFile(file, "source").set(cell, result);

    expect(cellFile(file, "source").get(cell)).toEqual(result);
    expect(cellFile(file, "source").get({ ...cell, seed: 2 })).toBeUndefined();
    expect(cellFile(file, "source").get({ ...cell, minutes: 31 })).toBeUndefined();
    expect(cellFile(file, "another source").get(cell)).toBeUndefined();
  });

  it("takes a line that was cut short for a cell that is not done", () => {
    const file = join(mkdtempSync(join(folder, "run-")), "cells.jsonl");
    cellFile(file, "source").set(cell, result);
    appendFileSync(file, '["0123", {"goodput":');

    expect(cellFile(file, "source").get(cell)).toEqual(result);
  });

  it("runs nothing that is done", async () => {
    const store = cellFile(join(folder, "none.jsonl"), "source");
    const known = { get: () => result, set: store.set };

    expect(await runCells([cell, { ...cell, seed: 2 }], { store: known })).toEqual([result, result]);
  });

  it("tells apart sources by their text, tests left out", () => {
    const source = mkdtempSync(join(folder, "source-"));
    writeFileSync(join(source, "a.ts"), "one");
    const before = sourceHash([source]);

    writeFileSync(join(source, "a.test.ts"), "a test");
    expect(sourceHash([source])).toBe(before);
    writeFileSync(join(source, "a.ts"), "two");
    expect(sourceHash([source])).not.toBe(before);
  });
});

describe("the tally of a run", () => {
  it("keeps apart what ends while the router learns, and what ends later", () => {
    let nowMs = 0;
    const clock = { monotonicMs: () => nowMs };
    const tally = new Tally({ clock, startMs: 0, learnedMs: 10, windowMs: 5, streams: 2, targets: 1 });
    const throttle = { kind: "throttled", message: "Too many tokens, please wait before trying again." } as const;
    const served = { tokens: 50, cacheReadTokens: 0, waitedMs: 0 };
    tally.attempt(0, 0, throttle);
    tally.serve(0, 0, served);
    nowMs = 10;
    tally.attempt(0, 0, undefined);
    tally.attempt(1, 0, undefined);
    tally.serve(1, 0, served);
    tally.serve(0, 0, served);

    const { learning, after, streams, windows } = resultOf(tally, {
      learningMinutes: 2,
      minutes: 4,
      summedTpm: 100,
      summedRpm: 10,
    });

    expect([learning.throttled, learning.goodput]).toEqual([1, 0.25]);
    expect([after.throttled, after.goodput, after.requestGoodput]).toEqual([0, 0.5, 0.1]);
    expect(streams.map(({ goodput }) => goodput)).toEqual([0.25, 0.25]);
    expect(windows).toEqual([
      [50, 0],
      [50, 0],
    ]);
  });

  it("knows quantiles of waits to 1 %, and the longest exactly", () => {
    const waits = new Histogram();
    for (let ms = 1; ms <= 10_000; ms += 1) waits.add(ms);

    expect(Math.abs(waits.quantile(0.5) / 5_000 - 1)).toBeLessThan(0.01);
    expect(Math.abs(waits.quantile(0.99) / 9_900 - 1)).toBeLessThan(0.01);
    expect(waits.largest).toBe(10_000);
  });

  it("takes a wait below a millisecond for none", () => {
    const waits = new Histogram();
    waits.add(0.2);

    expect(waits.quantile(0.99)).toBe(0);
  });
});

describe("a bar", () => {
  const figure = (values: readonly number[], bar: Figure["bar"]): Figure => ({
    title: "throttled",
    values,
    kind: "small share",
    ...(bar && { bar }),
  });

  it.each([
    [[0.001, 0.001, 0.5], { most: 0.001 }, true],
    [[0.001, 0.0011, 0.0012], { most: 0.001 }, false],
    [[0.98, 0.98, 0.1], { least: 0.98 }, true],
    [[0.97999], { least: 0.98 }, false],
    [[Number.NaN], { least: 0 }, false],
    [[], { least: 0.98 }, undefined],
  ] as const)("of %j against %j is met: %s", (values, bar, met) => {
    expect(isMet(figure(values, bar))).toBe(met);
  });

  it("says the median with its spread, and what was asked", () => {
    expect(sayFigure(figure([0.002, 0.001, 0.004], undefined))).toBe("0.200 % (0.100..0.400)");
    expect(sayBar(figure([], { most: 0.001 }))).toBe("throttled ≤ 0.100 %");
  });
});

describe("traffic of the bench", () => {
  const upTo = <Call extends { readonly atMs: number }>(calls: Generator<Call>, endMs: number): Call[] => {
    const taken: Call[] = [];
    for (const call of calls) {
      if (call.atMs >= endMs) break;
      taken.push(call);
    }
    return taken;
  };
  const tokensOf = (calls: readonly { readonly inputTokens: number; readonly outputTokens: number }[]) =>
    calls.reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0);

  it("keeps its mean in bursts, and is ten times as dense in the 3 s as the quota", () => {
    const perMs = 100;
    const calls = generated({ tokensPerMs: perMs * 0.95, burndown: 1 }, seededRandom(1));
    const taken = upTo(bursting(calls, { share: 10 / 0.95, windowMs: 60_000 }), 30 * 60_000);
    const inBursts = taken.filter(({ atMs }) => atMs % 60_000 < 3_000);

    expect(Math.abs(tokensOf(taken) / (perMs * 0.95 * 30 * 60_000) - 1)).toBeLessThan(0.03);
    expect(Math.abs(tokensOf(inBursts) / (perMs * 10 * 30 * 3_000) - 1)).toBeLessThan(0.03);
    expect(taken.map(({ atMs }) => atMs)).toEqual(taken.map(({ atMs }) => atMs).toSorted((one, other) => one - other));
  });

  it("offers conversations at the rate asked for, each turn on top of all before", () => {
    const turns = upTo(conversations({ tokensPerMs: 200, burndown: 1 }, seededRandom(1)), 2 * 3_600_000);
    const later = turns.filter(({ atMs }) => atMs >= 3_600_000);
    const tokens = tokensOf(later) + later.reduce((sum, { prefix }) => sum + (prefix?.tokens ?? 0), 0);
    const some = turns.filter(({ prefix }) => prefix?.key === "conversation 3");

    expect(Math.abs(tokens / (200 * 3_600_000) - 1)).toBeLessThan(0.05);
    for (const [index, turn] of some.entries()) {
      const before = some[index - 1];
      if (before === undefined) continue;
      expect(turn.prefix?.tokens).toBe((before.prefix?.tokens ?? 0) + before.inputTokens + before.outputTokens);
    }
  });
});

describe("the chart", () => {
  it("says in words what it draws, and escapes it", () => {
    const bars = [{ name: "ours & <more>", goodput: 0.987, throttled: 0.0004 }];
    const svg = drawChart({ title: "t", subtitle: "s", foot: "f", groups: [{ label: "bucket25", told: 1, bars }] });

    expect(svg).toContain("ours &amp; &lt;more&gt;");
    expect(svg).toContain(">98.7<");
    expect(svg).toContain(">0.04<");
    expect(svg.match(/<[a-z]+/g)?.length, "every element is closed").toBe(svg.match(/\/>|<\/[a-z]+>/g)?.length ?? 0);
  });
});
