import { describe, expect, it } from "vitest";
import { checkHistory } from "../../../benchmarks/redis/history/check-history.ts";
import { type HistoryLine, linesOf } from "../../../benchmarks/redis/history/history-line.ts";
import { merge } from "../../../benchmarks/redis/history/merged-history.ts";
import { judgeShares } from "../../../benchmarks/redis/history/rule-fair.ts";
import type { StoreAtEnd } from "../../../benchmarks/redis/history/rule-left.ts";
import type { HistoryWorld } from "../../../benchmarks/redis/history/world.ts";

const windowUs = 1_000_000;
const world: HistoryWorld = {
  windowUs,
  limits: new Map([["a/tokens", 1_000]]),
  processes: 2,
  localShare: 0.8,
  timeoutUs: 50_000,
  graceUs: 100_000,
};
const nothingLeft: StoreAtEnd = {
  keys: [{ name: "{shardrock:test}:page", ttlMs: 5_000 }],
  quotas: [{ key: "a/tokens", open: 0, booked: 0 }],
};
let calls = 0;

/** A call that was granted at `atUs`, and perhaps ended. */
function grant(
  atUs: number,
  tokens: number,
  { process = "p1", end }: { process?: string; end?: { atUs: number; stands: number } } = {},
): HistoryLine[] {
  calls += 1;
  const call = `call ${calls}`;
  const head = { process, call };
  return [
    { kind: "invoke", ...head, atUs: atUs - 500 },
    { kind: "ok", ...head, holds: { "a/tokens": tokens }, fromUs: atUs - 200, toUs: atUs + 200 },
    ...(end === undefined
      ? []
      : [{ kind: "end", ...head, how: "settle", stands: { "a/tokens": end.stands }, atUs: end.atUs } as const]),
  ];
}

function belief(enforcement: string, { burst = 100, limit = 1_000, atUs = 0, process = "p1" } = {}): HistoryLine {
  return { kind: "belief", process, key: "a/tokens", limit, burst, enforcement, atUs };
}

function fault(kind: "kill" | "pause" | "slow" | "empty", fromUs: number, toUs: number, process?: string): HistoryLine {
  return { kind: "fault", fault: kind, fromUs, toUs, ...(process !== undefined && { process }) };
}

/** An even pace: the whole limit in a window, in calls of 100. */
function evenly(fromUs: number, windows: number): HistoryLine[] {
  return Array.from({ length: 10 * windows }, (_, place) =>
    grant(fromUs + (place * windowUs) / 10 + place, 100),
  ).flat();
}

const violations = (lines: readonly HistoryLine[], left = nothingLeft) => checkHistory(lines, left, world).violations;

describe("a history in which every rule is kept", () => {
  it("breaks none, at the full limit", () => {
    expect(violations([belief("unknown"), ...evenly(5_000_000, 3)])).toEqual([]);
  });

  it("breaks none when what was settled for less is granted again", () => {
    const first = grant(1_000_000, 100, { end: { atUs: 1_200_000, stands: 20 } });

    expect(violations([belief("sliding"), ...first, ...evenly(1_300_000, 1).slice(0, 27)])).toEqual([]);
  });

  it("allows a known bucket its burst", () => {
    expect(violations([belief("bucket", { burst: 900 }), ...grant(1_000_000, 900), ...evenly(1_100_500, 2)])).toEqual(
      [],
    );
  });

  it("allows each process on its own its part while the store is gone, and no more", () => {
    const [gone, back] = [1_500_000, 2_100_000];
    const share = (tokens: number) => Array.from({ length: 5 }, (_, at) => grant(gone + at * 100_000, tokens)).flat();
    const lines = [belief("unknown"), fault("pause", gone, back), ...evenly(1_000_000, 1)];

    expect(violations([...lines, ...share(30)])).toEqual([]);
    expect(violations([...lines, ...share(200)])).not.toEqual([]);
  });

  it("allows the same to one that says so, or has waited too long for the store", () => {
    const news = (change: string, atUs: number): HistoryLine => ({ kind: "news", process: "p1", change, atUs });
    const lines = [belief("unknown"), ...evenly(1_000_000, 1)];
    const late = grant(1_960_000, 100).map((line) =>
      line.kind === "ok" ? { ...line, fromUs: line.toUs - 50_000 } : line,
    );

    expect(violations([...lines, ...grant(1_950_000, 100)])).not.toEqual([]);
    expect(violations([...lines, ...late])).toEqual([]);
    expect(
      violations([...lines, news("local", 1_940_000), ...grant(1_950_000, 100), news("shared", 1_960_000)]),
    ).toEqual([]);
  });
});

describe("a history is caught that", () => {
  it("grants more than the limit in a window", () => {
    const lines = [belief("unknown", { burst: 1_000 }), ...evenly(5_000_000, 2), ...grant(5_950_000, 60)];

    expect(violations(lines)).toEqual(
      Array(10).fill(expect.stringContaining("a/tokens: 1060 units in the window")).slice(0, 5),
    );
  });

  it("counts a call at its hold until it was ended", () => {
    const soon = grant(1_000_000, 400, { end: { atUs: 1_100_000, stands: 100 } });
    const late = grant(1_000_000, 400, { end: { atUs: 1_900_000, stands: 100 } });
    const others = Array.from({ length: 9 }, (_, at) => grant(1_200_000 + at * 1_000, 100)).flat();
    const known = belief("sliding", { burst: 1_000 });

    expect(violations([known, ...soon, ...others])).toEqual([]);
    expect(violations([known, ...late, ...others])).not.toEqual([]);
  });

  it("does not give a killed process's calls back", () => {
    const killed = [...grant(1_000_000, 500, { process: "p2" }), fault("kill", 1_050_000, 1_050_000, "p2")];
    const others = Array.from({ length: 6 }, (_, at) => grant(1_200_000 + at * 1_000, 100)).flat();

    expect(violations([belief("sliding", { burst: 1_000 }), ...killed, ...others])).toEqual([
      expect.stringContaining("1100 units in the window"),
    ]);
  });

  it("grants more than burst and rate allow, where a window need not be kept", () => {
    const lines = [
      belief("bucket", { burst: 100 }),
      ...grant(1_000_000, 100),
      ...grant(1_050_000, 100),
      ...grant(1_100_000, 100),
    ];

    expect(violations(lines)).toContainEqual(expect.stringMatching(/200 units from .* where the law allows 150/));
  });

  it("believes in more than our own rules allow", () => {
    const lines = [belief("bucket", { burst: 200, limit: 3_000 }), ...evenly(1_000_000, 1), ...evenly(1_000_000, 1)];

    expect(violations(lines)).toContainEqual(expect.stringContaining("where the law allows"));
  });

  it("lets a process that is gone believe for those that are left", () => {
    const gone = [belief("bucket", { burst: 900, process: "p2" }), fault("kill", 500_000, 500_000, "p2")];
    const begin = { kind: "begin", process: "p2", atUs: 0 } as const;
    const lines = [
      begin,
      ...gone,
      belief("bucket"),
      ...grant(5_000_000, 90),
      ...grant(5_001_000, 90),
      ...grant(5_002_000, 90),
    ];

    expect(violations(lines)).toContainEqual(expect.stringMatching(/180 units .* where the law allows 101/));
  });

  it("ends a call twice, grants it twice, or ends what was never granted", () => {
    const [invoked, granted, ended] = grant(1_000_000, 10, { end: { atUs: 1_100_000, stands: 5 } });
    if (invoked === undefined || granted === undefined || ended === undefined) throw new Error("three lines");

    expect(violations([invoked, granted, ended, ended])).toEqual([expect.stringContaining("ended twice")]);
    expect(violations([invoked, granted, granted, ended])).toEqual([expect.stringContaining("granted twice")]);
    expect(violations([invoked, ended])).toEqual([expect.stringContaining("never granted")]);
  });

  it("starves a process", () => {
    const of = (process: string, count: number) =>
      Array.from({ length: count }, (_, at) => grant(1_000_000 + at * 20_000, 2, { process })).flat();
    const span = (process: string) =>
      [
        { kind: "begin", process, atUs: 500_000 },
        { kind: "stop", process, atUs: 2_000_000 },
      ] as const;
    const lines = [belief("bucket"), ...span("p1"), ...span("p2")];

    expect(violations([...lines, ...of("p1", 40), ...of("p2", 20)])).toEqual([]);
    expect(violations([...lines, ...of("p1", 40), ...of("p2", 10)])).toEqual([
      expect.stringContaining("p2 had 40 % of its share"),
    ]);
  });

  it("leaves something behind in the store", () => {
    expect(violations([], { ...nothingLeft, keys: [{ name: "k", ttlMs: -1 }] })).toEqual(["k never expires"]);
    expect(violations([], { ...nothingLeft, keys: [] })).toEqual([expect.stringContaining("no key")]);
    const quotas = [{ key: "a/tokens", open: 5, booked: 7 }];
    expect(violations([], { ...nothingLeft, quotas })).toEqual([
      "a/tokens: 5 units are still open",
      "a/tokens: 7 units are still booked a window later",
    ]);
  });
});

describe("judging shares", () => {
  it("lets stand back who had more just before, and nobody for longer than that", () => {
    const of = (process: string, fromMs: number, tokens: number) =>
      Array.from({ length: 10 }, (_, at) => grant((fromMs + 20 + at * 95) * 1_000, tokens, { process })).flat();
    const lives = (process: string): HistoryLine[] => [
      { kind: "begin", process, atUs: 0 },
      { kind: "stop", process, atUs: 3_000_000 },
    ];
    const judged = (...p2: readonly [number, number, number]) => {
      const booked = p2.flatMap((tokens, second) => [...of("p1", second * 1e3, 50), ...of("p2", second * 1e3, tokens)]);
      return judgeShares(merge([...lives("p1"), ...lives("p2"), ...booked], world), world, () => true).violations;
    };

    expect(judged(90, 15, 50)).toEqual([]);
    expect(judged(50, 10, 10)).not.toEqual([]);
    expect(judged(90, 5, 5)).not.toEqual([]);
  });

  it("looks at no window that an outage reaches into, nor at a process that did not live all through", () => {
    const begin = (process: string, atUs: number): HistoryLine => ({ kind: "begin", process, atUs });
    const stop = (process: string): HistoryLine => ({ kind: "stop", process, atUs: 3_000_000 });
    const lines = [begin("p1", 0), begin("p2", 0), begin("p3", 2_500_000), ...["p1", "p2", "p3"].map(stop)];
    const judged = (more: readonly HistoryLine[]) =>
      judgeShares(merge([...lines, ...evenly(1, 2), ...more], world), world, () => true).judged;

    expect(judged([])).toBe(3);
    expect(judged([fault("pause", 900_000, 950_000)])).toBe(1);
    expect(judged([fault("kill", 900_000, 900_000, "p2")])).toBe(0);
    expect(judged([{ kind: "stall", process: "p2", fromUs: 1_000_000, toUs: 1_200_000 }])).toBe(1);
  });
});

describe("reading a history", () => {
  it("leaves out a line that was cut off, and keeps a call in doubt whose answer never came", () => {
    const text = `${JSON.stringify({ kind: "invoke", process: "p1", call: "c", atUs: 1 })}\n{"kind":"ok","pro`;

    expect(merge(linesOf(text), world).doubtful).toEqual(["c"]);
  });
});
