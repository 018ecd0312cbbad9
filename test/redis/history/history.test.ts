import { describe, expect, it } from "vitest";
import { checkHistory } from "../../../benchmarks/redis/history/check-history.ts";
import { hasRedisServer } from "../../../benchmarks/redis/redis-server.ts";
import { runHistory } from "./run-history.ts";
import { worldOf } from "./scene-world.ts";

const processes = 8;

describe.skipIf(!hasRedisServer())("eight processes that share one book over a real redis-server", () => {
  it("keep every rule for ten seconds in which processes are killed and the store is paused and slow", async () => {
    const recorded = await runHistory({
      processes,
      callers: 24,
      forMs: 10_000,
      troubles: [
        { kind: "kill", atMs: 4_000, forMs: 200 },
        { kind: "kill", atMs: 4_500, forMs: 200 },
        { kind: "pause", atMs: 6_500, forMs: 500 },
        { kind: "slow", atMs: 8_000, forMs: 700 },
      ],
      limiter: "sliding60",
      seed: 1,
    });

    const { violations, granted, windowsKept, windowsOfShares } = checkHistory(
      recorded.lines,
      recorded.left,
      worldOf(processes),
    );

    expect(violations).toEqual([]);
    // It is of no use unless much happened and much was looked at.
    expect(granted).toBeGreaterThan(200);
    expect(windowsKept).toBeGreaterThan(0.1);
    expect(windowsOfShares).toBeGreaterThan(0);
    expect(recorded.lines.filter(({ kind }) => kind === "fault")).toHaveLength(4);
  }, 300_000);
});
