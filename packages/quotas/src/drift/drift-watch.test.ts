import { describe, expect, it } from "vitest";
import type { UsageSeries } from "../reader/aws-reader.ts";
import { accountId, accountOf, DriftWorld, usualConfig } from "./drift-world.test.kit.ts";

const sonnet = "us.anthropic.claude-sonnet-4-6";
const key = `${accountId}/us-east-1/runtime/anthropic.claude-sonnet-4-6/geo/tokens/minute`;

/** The book settles 300 a minute of a quota of 1,000. */
function usualWorld(...options: ConstructorParameters<typeof DriftWorld>): DriftWorld {
  const world = new DriftWorld(...options);
  world.own.set(key, 300);
  return world;
}

describe("a watch of what others use", () => {
  it("asks for the tokens of every id in the last twenty whole minutes, and corrects by what is not ours", async () => {
    const world = usualWorld();
    world.count = () => 800;

    await world.minutes(1);

    expect(world.asked).toMatchObject([
      {
        place: { accountId, region: "us-east-1" },
        queries: [{ endpoint: "runtime", modelId: sonnet, metric: "tokens" }],
        span: { fromMs: world.now - 20 * 60_000, untilMs: world.now },
      },
    ]);
    expect(world.foreign.get(key)).toBe(500);
  });

  it("finds nobody where AWS counts what the book settled", async () => {
    const world = usualWorld();
    world.count = () => 300;

    await world.minutes(5);

    expect(world.foreign.get(key)).toBe(0);
    expect(world.news).toEqual([]);
  });

  it("never takes more than the limit", async () => {
    const world = usualWorld();
    world.count = () => 50_000;

    await world.minutes(3);

    expect(world.foreign.get(key)).toBe(1_000);
  });

  it("adds up the ids that share a quota", async () => {
    const model = "anthropic.claude-sonnet-4-6";
    const servedBy = [
      { id: `us.${model}`, destinations: ["us-east-1"] },
      { id: `eu.${model}`, destinations: ["us-east-1"] },
    ];
    const world = usualWorld({ models: { sonnet: { servedBy, quotas: { tokensPerMinute: 1_000 } } } });
    world.count = ({ modelId }) => (modelId.startsWith("us.") ? 500 : 200);

    await world.minutes(1);

    expect(world.asked[0]?.queries.map(({ modelId }) => modelId)).toEqual([`us.${model}`, `eu.${model}`]);
    expect(world.foreign.get(key)).toBe(400);
  });

  it("counts requests by the calls AWS served, and mantle's tokens by its own counts", async () => {
    const world = new DriftWorld({
      models: {
        sonnet: {
          servedBy: [
            { id: sonnet, destinations: ["us-east-1"] },
            { id: "anthropic.claude-sonnet-4-6", endpoint: "mantle" },
          ],
          quotas: { requestsPerMinute: 100, inputTokensPerMinute: 1_000, outputTokensPerMinute: 500 },
        },
      },
    });
    const counts: Readonly<Record<string, number>> = { requests: 40, inputTokens: 300, outputTokens: 200 };
    world.count = ({ metric }) => counts[metric];

    await world.minutes(1);

    expect(
      world.asked.flatMap(({ queries }) => queries.map(({ endpoint, metric }) => `${endpoint} ${metric}`)),
    ).toEqual(["runtime requests", "mantle inputTokens", "mantle outputTokens"]);
    expect([...world.foreign.values()]).toEqual([40, 300, 200]);
  });

  it("weighs input, cache writes and output where AWS gives no estimate of what they take", async () => {
    const world = usualWorld();
    const counts: Readonly<Record<string, number>> = { inputTokens: 200, cacheWriteTokens: 100, outputTokens: 80 };
    world.count = ({ metric }) => counts[metric];

    await world.minutes(2);

    expect(world.asked.map(({ queries }) => queries.length)).toEqual([1, 4]);
    expect(world.foreign.get(key)).toBe(200 + 100 + 80 * 5 - 300);
  });

  it("asks for no more of ids that nobody calls, where AWS gives the estimate of another one", async () => {
    const servedBy = [
      { id: sonnet, destinations: ["us-east-1"] },
      { id: sonnet.replace("us.", "eu."), destinations: ["us-east-1"] },
    ];
    const world = usualWorld({ models: { sonnet: { servedBy, quotas: { tokensPerMinute: 1_000 } } } });
    world.count = ({ modelId, metric }) => (modelId === sonnet && metric === "tokens" ? 300 : undefined);

    await world.minutes(3);

    expect(world.asked.map(({ queries }) => queries.length)).toEqual([2, 2, 2]);
  });

  it("asks for one series only again once AWS gives the estimate", async () => {
    const world = usualWorld();
    await world.minutes(2);
    world.count = ({ metric }) => (metric === "tokens" ? 800 : undefined);

    await world.minutes(2);

    expect(world.asked.map(({ queries }) => queries.length)).toEqual([1, 4, 4, 1]);
  });

  it("scales what AWS counts in a minute to shorter windows", async () => {
    const world = usualWorld({ windows: { minuteMs: 6_000 } });
    world.own.set(key, 3_000);
    world.count = () => 8_000;

    await world.minutes(1);

    expect(world.foreign.get(key)).toBe(500);
  });
});

describe("many quotas", () => {
  const ids = Array.from({ length: 90 }, (_, index) => `anthropic.claude-${index}`);
  const models = Object.fromEntries(
    ids.map((id) => [
      id,
      { servedBy: [{ id }], burndown: 5, maxOutputTokens: 100, quotas: { tokensPerMinute: 1_000 } },
    ]),
  );

  it("are asked for with at most 500 series in a request, each with all of its own", async () => {
    const accounts = Array.from({ length: 12 }, (_, index) => accountOf(String(index).padStart(12, "0")));
    const via = { id: "999999999999", roleArn: "arn:aws:iam::999999999999:role/metrics" };
    const world = new DriftWorld({ accounts, models }, { via });
    world.count = () => 400;

    await world.minutes(1);

    expect(world.asked.map(({ queries }) => queries.length)).toEqual([500, 500, 80]);
    expect(world.foreign.size).toBe(1_080);
    expect(new Set(world.foreign.values())).toEqual(new Set([400]));
  });

  it("are asked of one account that all share their metrics with, in every Region, each account by its name", async () => {
    const accounts = [accountOf("1".repeat(12), ["us-east-1", "us-west-2"]), accountOf("2".repeat(12))];
    const via = { id: "999999999999", roleArn: "arn:aws:iam::999999999999:role/metrics" };
    const world = new DriftWorld({ accounts }, { via });
    world.count = ({ accountId: whose }) => (whose === "222222222222" ? 700 : 100);

    await world.minutes(1);

    expect(world.asked.map(({ place, queries }) => [place, queries.map(({ accountId: whose }) => whose)])).toEqual([
      [{ accountId: "999999999999", region: "us-east-1" }, ["111111111111", "222222222222"]],
      [{ accountId: "999999999999", region: "us-west-2" }, ["111111111111"]],
    ]);
    expect([...world.foreign.values()].sort((one, other) => one - other)).toEqual([100, 100, 700]);
  });
});

describe("an AWS that is late, silent or failing", () => {
  it("leaves what was found as it is, but for a slow fading", async () => {
    const world = usualWorld();
    world.count = () => 800;
    await world.minutes(2);

    world.count = () => undefined;
    await world.minutes(10);

    expect(world.foreign.get(key)).toBeGreaterThan(380);
  });

  it("is not heard of before it fails three times in a row, and once when it answers again", async () => {
    const world = usualWorld();
    world.count = () => 800;
    await world.minutes(1);
    world.failure = Object.assign(new Error("secret text"), { name: "AccessDeniedException" });

    await world.minutes(2);
    const early = world.news.filter(({ change }) => change === "stale");
    await world.minutes(8);
    world.failure = undefined;
    await world.minutes(2);

    const stale = world.news.filter(({ change }) => change === "stale");
    expect(early).toEqual([]);
    expect(stale.map(({ message }) => message)).toEqual([
      expect.stringMatching(/could not be asked 3 times in a row \(AccessDeniedException\)/),
      expect.stringMatching(/answers again/),
    ]);
    expect(JSON.stringify(stale)).not.toContain("secret text");
  });

  it("in one place corrects nothing less in the others", async () => {
    const world = new DriftWorld({ accounts: [accountOf("1".repeat(12)), accountOf("2".repeat(12))] });
    world.count = (_query, _minute, { place }) => {
      if (place.accountId === accountId) throw new Error("no network");
      return 600;
    };

    await world.minutes(1);

    expect([...world.foreign.values()].sort((one, other) => one - other)).toEqual([0, 600]);
  });

  it("that is given up rejects with the reason, and with nothing else", async () => {
    const world = usualWorld();
    const end = new AbortController();
    world.count = () => {
      end.abort(new Error("closing"));
      throw new Error("a broken request");
    };

    await expect(world.watch.poll(end.signal)).rejects.toThrow("closing");
    await expect(world.watch.poll(end.signal)).rejects.toThrow("closing");
  });
});

describe("a reader that somebody else wrote", () => {
  const counting = (units: unknown) => (honest: readonly UsageSeries[]) =>
    honest.map((series) => ({ ...series, byMinute: new Map([...series.byMinute.keys()].map((at) => [at, units])) }));

  it.each([
    ["nothing", () => undefined],
    ["no list", () => ({})],
    ["holes in its list", () => [undefined]],
    ["series without a question", (honest: readonly UsageSeries[]) => honest.map(({ byMinute }) => ({ byMinute }))],
    ["series without minutes", (honest: readonly UsageSeries[]) => honest.map(({ query }) => ({ query }))],
    ["plain objects for maps", (honest: readonly UsageSeries[]) => honest.map((one) => ({ ...one, byMinute: {} }))],
    ["no numbers", counting(Number.NaN)],
    ["endless numbers", counting(Number.POSITIVE_INFINITY)],
    ["numbers below 0", counting(-5)],
    ["text", counting("800")],
  ])("and gives %s has not answered", async (_, answer) => {
    const world = usualWorld();
    world.count = () => 800;
    await world.minutes(2);
    world.answer = answer as unknown as DriftWorld["answer"];
    await world.minutes(3);

    expect(world.foreign.get(key)).toBeGreaterThan(440);
    expect(world.foreign.get(key)).toBeLessThanOrEqual(500);
    expect(world.news.at(-1)).toMatchObject({
      change: "stale",
      message: expect.stringMatching(/3 times in a row \(response-invalid\)/),
    });
  });
});

describe("quotas that take no calls any more", () => {
  const both = { accounts: [accountOf(accountId), accountOf("2".repeat(12))] };

  it("keep nothing of what others used: they may return", async () => {
    const world = usualWorld(both);
    world.count = () => 800;
    await world.minutes(2);
    const before = world.foreign.get(key);
    world.drained.add(accountId);
    await world.minutes(1);

    expect([before, world.foreign.get(key)]).toEqual([500, 0]);
  });

  it("are not spoken of once they are gone", async () => {
    const world = usualWorld(both);
    world.count = () => 800;
    await world.minutes(2);
    world.foreign.clear();
    world.reload({ accounts: [accountOf("2".repeat(12))] });
    await world.minutes(1);

    expect([...world.foreign.keys()].filter((each) => each.startsWith(accountId))).toEqual([]);
  });
});

describe("a watch that has only begun", () => {
  /** AWS is five minutes late, and knows of the process before, which used 900 a minute. */
  function restarted(config?: Parameters<DriftWorld["reload"]>[0]) {
    const world = usualWorld(config);
    const startMinute = world.minute;
    const usual = { before: 900, first: 600, after: 300 };
    world.count = (_query, minute) => {
      if (minute >= world.minute - 5) return undefined;
      if (minute < startMinute) return usual.before;
      return minute <= startMinute + 1 ? usual.first : usual.after;
    };
    world.restart();
    return { world, usual };
  }

  it("takes what the process before used for nobody else's, also where its last calls end a little later", async () => {
    const { world } = restarted();

    const found = await foundIn(world, 30);

    expect(new Set(found)).toEqual(new Set([0]));
    expect(world.news).toEqual([]);
  });

  it("finds others as soon as two minutes of theirs are counted after the two it began in", async () => {
    const { world, usual } = restarted();
    usual.after = 800;

    const found = await foundIn(world, 10);

    expect(found).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 500, 500]);
  });

  it("does not believe older minutes because the wall clock is put right", async () => {
    const { world } = restarted();
    world.wallAheadMs = -30 * 60_000;
    await world.minutes(1);
    world.wallAheadMs = 0;

    expect(new Set(await foundIn(world, 10))).toEqual(new Set([0]));
  });

  it("of a quota that came later begins then", async () => {
    const came = { accounts: [accountOf("2".repeat(12)), accountOf(accountId)] };
    const { world, usual } = restarted({ accounts: [accountOf("2".repeat(12))] });
    await world.minutes(20);
    const cameMinute = world.minute;
    const before = world.count;
    world.count = (query, minute, asked) => {
      if (asked.place.accountId !== accountId) return before(query, minute, asked);
      return minute >= world.minute - 5 ? undefined : minute <= cameMinute + 1 ? usual.before : usual.after;
    };
    world.reload(came);

    expect(new Set(await foundIn(world, 20))).toEqual(new Set([0]));
  });

  it("of accounts that several processes shared begins when one is left", async () => {
    const { world } = restarted({ instances: 4 });
    await world.minutes(20);
    const leftMinute = world.minute;
    world.count = (_query, minute) => (minute >= world.minute - 5 ? undefined : minute <= leftMinute + 1 ? 900 : 300);
    world.reload({});

    expect(new Set(await foundIn(world, 20))).toEqual(new Set([0]));
  });

  it("goes on where it was with an account that was drained for a while", async () => {
    const world = usualWorld();
    world.count = (_query, minute) => (minute >= world.minute - 5 ? undefined : 800);
    await world.minutes(2);
    world.drained.add(accountId);
    await world.minutes(1);
    world.drained.clear();
    await world.minutes(1);

    expect(world.foreign.get(key)).toBe(500);
  });

  /** What is found of others after each of so many minutes. */
  async function foundIn(world: DriftWorld, minutes: number): Promise<readonly (number | undefined)[]> {
    const found: (number | undefined)[] = [];
    for (let minute = 0; minute < minutes; minute += 1) {
      await world.minutes(1);
      found.push(world.foreign.get(key));
    }
    return found;
  }
});

describe("what is told", () => {
  it("is that others use much, and once they have gone that too; nothing while they come and go around the threshold", async () => {
    const world = usualWorld();
    let others = 0;
    world.count = () => 300 + others;
    for (others of [0, 80, 130, 180, 60, 160, 70, 120, 200]) await world.minutes(12);
    const drift = world.news.length;
    others = 0;
    await world.minutes(30);

    expect(drift).toBe(1);
    expect(world.news).toMatchObject([
      { change: "drift", key, accountId, region: "us-east-1", before: 0, now: 130 },
      { change: "drift", key, before: 130 },
    ]);
    expect(world.news[1]?.now).toBeLessThan(50);
  });

  it("is once that several processes without a common book are not corrected, and then none is", async () => {
    const world = new DriftWorld({ ...usualConfig, instances: 4 });
    world.count = () => 800;

    await world.minutes(3);

    expect(world.asked).toEqual([]);
    expect(world.foreign.size).toBe(0);
    expect(world.news).toEqual([]);
    expect(world.warnings).toEqual([expect.stringMatching(/^drift-not-corrected: .*4 processes share these quotas/)]);
  });
});

describe("options", () => {
  it.each([
    [{ tellFrom: 0 }, "drift.tellFrom must be above 0 and at most 1, got 0"],
    [{ deadBand: 0.6 }, "drift.deadBand must be from 0 to 0.5, got 0.6"],
    [{ fallHalfLifeMs: 0 }, "drift.fallHalfLifeMs must be a finite number above 0, got 0"],
    [{ silentHalfLifeMs: Number.NaN }, "drift.silentHalfLifeMs must be a finite number above 0, got NaN"],
    [{ via: { id: "12", roleArn: "" } }, `drift.via.id must be an account's 12 digits, got "12"`],
    [
      { via: { id: "999999999999", roleArn: "arn:aws:iam::111111111111:role/metrics" } },
      `drift.via.roleArn must be the ARN of a role in account 999999999999, got "arn:aws:iam::111111111111:role/metrics"`,
    ],
  ])("%o is refused", (options, message) => {
    expect(() => new DriftWorld({}, options)).toThrow(message);
  });
});
