import { ConfigError, parseConfig, type QuotaHost, type QuotaNews, seededRandom } from "@shardrock/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Asked } from "../reader/aws-reader.ts";
import { serviceQuotas } from "../service-quotas.ts";
import { awsError } from "../testing/fake-reader.test.kit.ts";
import { crossModelDay, profileRow, quotaRow, sonnet, sonnetRow } from "../testing/quota-rows.test.kit.ts";
import { bareConfig, geoTokens, one, QuotaWorld, two } from "../testing/quota-world.test.kit.ts";

const here = { accountId: one, region: "us-east-1" };

describe("a router of account ids, a role name and model names", () => {
  it("goes by the quotas and profiles that are found", async () => {
    using world = await new QuotaWorld().read();

    expect(world.warnings).toEqual([]);
    expect(world.isReady).toBe(true);
    for (const accountId of [one, two]) {
      for (const region of ["us-east-1", "us-west-2"]) {
        expect(world.targets(accountId, region)).toEqual([`us.${sonnet}`]);
        expect(world.limits(accountId, region)).toEqual({ [geoTokens]: 1_000 });
      }
    }
  });

  it("lets calls wait until every place was asked, and no longer", async () => {
    const world = new QuotaWorld();
    let goOn = (): void => undefined;
    const until = new Promise<void>((resolve) => (goOn = resolve));
    world.reader.until = ({ where }) => (where === `${two}/us-west-2` ? until : Promise.resolve());
    using _opened = world.open();

    await world.clock.advance(5_000);
    expect(world.isReady).toBe(false);

    goOn();
    await world.clock.advance(0);
    expect(world.isReady).toBe(true);
    expect(world.targets(two, "us-west-2")).toHaveLength(1);
  });

  it("lets no call wait for a place that does not answer for longer than told", async () => {
    const world = new QuotaWorld();
    world.reader.until = ({ where }) => (where.startsWith(two) ? new Promise(() => undefined) : Promise.resolve());
    using _opened = world.open({}, { readyMs: 10_000 });

    await world.clock.advance(9_999);
    expect(world.isReady).toBe(false);
    await world.clock.advance(1);

    expect(world.isReady).toBe(true);
    expect([world.targets(one).length, world.targets(two).length]).toEqual([1, 0]);
  });

  it("asks a few places at a time", async () => {
    const world = new QuotaWorld();
    world.reader.until = () => new Promise(() => undefined);
    using _opened = world.open({}, { placesAtOnce: 3 });

    await world.clock.advance(60_000);

    expect(new Set(world.reader.asked.map(({ where }) => where)).size).toBe(3);
  });
});

describe("a quota that AWS changes", () => {
  it("is in force at the next look when it is cut, and is told", async () => {
    using world = await new QuotaWorld().read();

    world.reader.at(here).applied = [sonnetRow(100)];
    await world.poll();

    expect(world.limits()).toEqual({ [geoTokens]: 100 });
    expect(world.limits(two)).toEqual({ [geoTokens]: 1_000 });
    expect(world.news).toMatchObject([
      {
        change: "limit",
        accountId: one,
        region: "us-east-1",
        key: `${one}/us-east-1/${geoTokens}`,
        before: 1_000,
        now: 100,
      },
    ]);
  });

  it("comes bit by bit when it is raised", async () => {
    using world = await new QuotaWorld().read({ accounts: [{ id: one, regions: ["us-east-1"] }] });
    world.reader.at(here).applied = [sonnetRow(4_000)];
    await world.clock.advance(600_000);
    while (world.reader.count("profiles") < 2) await world.clock.advance(1_000);

    const seen: (number | undefined)[] = [];
    for (let minute = 0; minute < 5; minute += 1) {
      await world.clock.advance(minute === 0 ? 1_000 : 60_000);
      seen.push(world.limits()[geoTokens]);
    }

    expect(seen[0]).toBeLessThan(1_100);
    expect(seen[1]).toBeGreaterThan(1_500);
    expect(seen[1]).toBeLessThanOrEqual(2_100);
    expect(seen.at(-1)).toBe(4_000);
    expect(world.news).toMatchObject([{ change: "limit", before: 1_000, now: 4_000 }]);
  });

  it("holds the account at 0 and lets it go bit by bit, and both are told", async () => {
    using world = await new QuotaWorld().read();

    world.reader.at(here).applied = [sonnetRow(0)];
    await world.poll();
    expect(world.limits()).toEqual({ [geoTokens]: 0 });

    world.reader.at(here).applied = [sonnetRow(1_000)];
    await world.poll();
    await world.clock.advance(600_000);
    expect(world.limits()).toEqual({ [geoTokens]: 1_000 });
    expect(world.news).toMatchObject([
      { change: "on-hold", before: 1_000, now: 0 },
      { change: "on-hold", before: 0, now: 1_000 },
    ]);
  });

  it("holds an account from the first look on, and is told", async () => {
    const world = new QuotaWorld();
    world.reader.at(here).applied = [sonnetRow(0)];
    using _opened = await world.read();

    expect(world.limits()).toEqual({ [geoTokens]: 0 });
    expect(world.news).toMatchObject([{ change: "on-hold", accountId: one, before: undefined, now: 0 }]);
  });

  it("holds all of an account by its day, and is told once", async () => {
    const world = new QuotaWorld();
    world.reader.at(here).applied = [sonnetRow(1_000), crossModelDay(0)];
    using _opened = await world.read();

    expect(world.limits()).toEqual({ [geoTokens]: 0 });
    expect(world.news).toMatchObject([{ change: "on-hold", accountId: one, region: "us-east-1", key: undefined }]);
  });

  it("lets all of an account go, and tells it once, with what changed meanwhile", async () => {
    const world = new QuotaWorld();
    const rows = [sonnetRow(1_000), sonnetRow(100, "geo", "requests")];
    world.reader.at(here).applied = rows;
    using _opened = await world.read();

    world.reader.at(here).applied = [...rows, crossModelDay(0)];
    await world.poll();
    world.reader.at(here).applied = [sonnetRow(2_000), sonnetRow(100, "geo", "requests"), crossModelDay(9_000_000)];
    await world.poll();

    expect(world.news).toMatchObject([
      { change: "on-hold", key: undefined, message: expect.stringContaining("is on hold") },
      { change: "on-hold", key: undefined, message: expect.stringContaining("no longer on hold") },
      { change: "limit", before: 1_000, now: 2_000 },
    ]);
  });

  it("that was never applied counts by its default, and that is said", async () => {
    const world = new QuotaWorld();
    world.reader.at(here).applied = [];
    using _opened = await world.read();

    expect(world.limits()).toEqual({ [geoTokens]: 6_000 });
    expect(world.warnings).toMatchObject([
      { code: "quotas-unconfirmed", message: expect.stringContaining(`${one}/us-east-1/${geoTokens}`) },
    ]);
  });

  it("that comes with a new model is used, and one that goes leaves the fallback or no target", async () => {
    using world = await new QuotaWorld().read();
    const rows = world.reader.at(here);

    rows.defaults = [sonnetRow(6_000), sonnetRow(3_000, "on-demand")];
    await world.poll();
    expect(world.targets()).toEqual([sonnet, `us.${sonnet}`]);

    rows.applied = [crossModelDay(700_000_000)];
    rows.defaults = [crossModelDay(700_000_000)];
    await world.poll();
    expect(world.targets()).toEqual([]);
    expect(world.targets(two)).toEqual([`us.${sonnet}`]);
  });
});

describe("an AWS that does not tell", () => {
  it.each([
    ["denies it", awsError("AccessDeniedException", 403)],
    ["fails", awsError("InternalFailure", 500)],
    ["is asked too often", awsError("TooManyRequestsException", 429)],
  ])("leaves the other places alone when one of them %s", async (_what, error) => {
    const world = new QuotaWorld();
    world.reader.failure = ({ where }) => (where === `${one}/us-east-1` ? error : undefined);
    using _opened = await world.read();

    expect(world.isReady).toBe(true);
    expect([world.targets(one).length, world.targets(one, "us-west-2").length, world.targets(two).length]).toEqual([
      0, 1, 1,
    ]);
    expect(world.news).toMatchObject([
      { change: "stale", accountId: one, message: expect.stringContaining(error.name) },
    ]);
    expect(world.news[0]?.message).not.toContain("words of AWS");
  });

  it("leaves the fallback in force where nothing was ever known", async () => {
    const world = new QuotaWorld();
    world.reader.failure = ({ api }) => (api === "profiles" ? undefined : awsError("InternalFailure", 500));
    using _opened = await world.read({ fallbackQuota: { tokensPerMinute: 50 } });

    expect(world.limits()).toEqual({ [geoTokens]: 50 });
  });

  it("leaves what was known in force, at 0.8 of it when it is old, and in full when it can be read again", async () => {
    using world = await new QuotaWorld().read({}, { maxQuotaAgeMs: 3_600_000 });
    world.reader.failure = () => awsError("InternalFailure", 500);

    await world.clock.advance(3_000_000);
    expect(world.limits()).toEqual({ [geoTokens]: 1_000 });
    await world.clock.advance(1_900_000);
    expect(world.limits()).toEqual({ [geoTokens]: 800 });
    expect(world.targets()).toEqual([`us.${sonnet}`]);
    await world.clock.advance(360_000_000);
    expect(world.limits()).toEqual({ [geoTokens]: 800 });

    world.reader.failure = () => undefined;
    await world.poll();
    expect(world.limits()).toEqual({ [geoTokens]: 1_000 });
    const isMine = (news: QuotaNews): boolean => news.scope === `quotas of account ${one}, us-east-1`;
    const mine = world.news.filter(isMine);
    expect(mine.map(({ change }) => change)).toEqual(["stale", "stale", "stale"]);
    expect(mine.map(({ message }) => message).join()).toMatch(/stays in force.*0\.8 of them.*can be read again/);
  });

  it("does not take a target out that may make one call a minute, because that is too old", async () => {
    const world = new QuotaWorld();
    world.reader.usual.applied = [sonnetRow(1_000), sonnetRow(2, "geo", "requests")];
    using _opened = await world.read({ instances: 2 }, { maxQuotaAgeMs: 3_600_000 });
    world.reader.failure = () => awsError("InternalFailure", 500);

    await world.clock.advance(5_000_000);

    expect(world.targets()).toEqual([`us.${sonnet}`]);
    expect(world.limits()).toMatchObject({ [geoTokens]: 400 });
  });

  it("does not take an empty list for the end of all quotas", async () => {
    using world = await new QuotaWorld().read();

    Object.assign(world.reader.at(here), { applied: [], defaults: [], profiles: [] });
    await world.poll();

    expect(world.limits()).toEqual({ [geoTokens]: 1_000 });
    expect(world.targets()).toEqual([`us.${sonnet}`]);
  });

  it("does not let an account go from hold because its list of what is applied comes empty", async () => {
    const world = new QuotaWorld();
    world.reader.at(here).applied = [sonnetRow(0)];
    using _opened = await world.read();

    world.reader.at(here).applied = [];
    await world.poll();

    expect(world.limits()).toEqual({ [geoTokens]: 0 });
    expect(world.news.filter(({ change }) => change === "on-hold")).toHaveLength(1);
  });

  it("does not take defaults for what is applied when only they can be read", async () => {
    const world = new QuotaWorld();
    world.reader.failure = ({ api }) => (api === "appliedQuotas" ? awsError("AccessDeniedException", 403) : undefined);
    using _opened = await world.read();

    expect(world.targets()).toEqual([]);
  });

  it("goes on where it stopped, and reads again sooner than usual", async () => {
    const world = new QuotaWorld();
    world.reader.rowsPerPage = 1;
    world.reader.at(here).defaults = [sonnetRow(6_000), sonnetRow(1, "global"), sonnetRow(2, "geo", "requests")];
    let isDown = true;
    const where = `${one}/us-east-1`;
    world.reader.failure = (asked) =>
      isDown && asked.where === where && asked.api === "defaultQuotas" && asked.page === "2"
        ? awsError("InternalFailure", 500)
        : undefined;
    using _opened = await world.read();
    isDown = false;

    await world.clock.advance(34_000);

    const pagesOf = (api: string) =>
      world.reader.asked.flatMap((asked) => (asked.where === where && asked.api === api ? [asked.page ?? "0"] : []));
    expect(pagesOf("defaultQuotas")).toEqual(["0", "1", "2", "2"]);
    expect(pagesOf("appliedQuotas")).toEqual(["0"]);
    expect(world.limits()).toMatchObject({ [geoTokens]: 1_000 });
  });
});

describe("a reader of one's own that gives what is none", () => {
  const rejections: unknown[] = [];
  const note = (reason: unknown): void => void rejections.push(reason);
  beforeAll(() => void process.on("unhandledRejection", note));
  afterAll(() => void process.off("unhandledRejection", note));

  it.each<[string, unknown]>([
    ["a row without a name", { ...sonnetRow(7), name: undefined }],
    ["a value that is no number", sonnetRow(Number.NaN)],
    ["a value without end", sonnetRow(Number.POSITIVE_INFINITY)],
    ["a value below 0", sonnetRow(-1)],
    ["nothing", undefined],
  ])("such as %s is told of like one that cannot be read, and asked again", async (_what, row) => {
    using world = await new QuotaWorld().read();

    Object.assign(world.reader.at(here), { applied: [row] });
    await world.poll();
    await world.poll();
    await world.poll();
    expect(world.limits()).toEqual({ [geoTokens]: 1_000 });
    expect(world.news).toMatchObject([
      { change: "stale", accountId: one, message: expect.stringContaining("response-invalid") },
    ]);

    world.reader.at(here).applied = [sonnetRow(500)];
    await world.poll();
    expect(world.limits()).toEqual({ [geoTokens]: 500 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toEqual([]);
  });

  it("such as no page at all is told of too", async () => {
    const world = new QuotaWorld();
    Object.assign(world.reader, { profiles: () => Promise.resolve(undefined) });
    using _opened = await world.read();
    await world.poll();

    expect(world.limits()).toEqual({});
    expect(world.news[0]).toMatchObject({ change: "stale", message: expect.stringContaining("response-invalid") });
  });

  it("is asked for what others use again, whatever it gave before", async () => {
    const world = new QuotaWorld();
    Object.assign(world.reader, {
      usage: (_queries: unknown, _span: unknown, asked: Asked) => {
        world.reader.asked.push({ ...asked, api: "usage", where: "" });
        return Promise.resolve([{ query: {}, byMinute: new Map([[0, Number.NaN]]), isComplete: true }]);
      },
    });
    using _opened = await world.read({}, { drift: {} });

    await world.clock.advance(200_000);

    expect(world.reader.count("usage")).toBeGreaterThan(4);
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toEqual([]);
  });
});

describe("profiles that AWS changes", () => {
  it("are left when they may run where the residency does not allow it", async () => {
    using world = await new QuotaWorld().read();

    world.reader.at(here).profiles = [profileRow(`us.${sonnet}`, ["us-east-1", "ca-central-1"])];
    await world.poll();

    expect(world.targets()).toEqual([]);
    expect(world.targets(one, "us-west-2")).toEqual([`us.${sonnet}`]);
    expect(world.warnings.map(({ message }) => message).join()).toContain("ca-central-1, which is not allowed");
  });

  it("stay as they were known when they cannot be read, while quotas go on", async () => {
    using world = await new QuotaWorld().read();

    world.reader.failure = ({ api }) => (api === "profiles" ? awsError("AccessDeniedException", 403) : undefined);
    world.reader.at(here).applied = [sonnetRow(100)];
    await world.poll();

    expect(world.targets()).toEqual([`us.${sonnet}`]);
    expect(world.limits()).toEqual({ [geoTokens]: 100 });
  });
});

describe("profiles that cannot be read any more", () => {
  const denied = ({ api, where }: { readonly api: string; readonly where: string }) =>
    api === "profiles" && where === `${one}/us-east-1` ? awsError("AccessDeniedException", 403) : undefined;
  const dayMs = 86_400_000;

  it("are told of when they are old, and run where nobody knows after a week, until they are read again", async () => {
    using world = await new QuotaWorld().read({}, { pollMs: 3_600_000 });
    world.reader.failure = denied;
    const ofDestinations = () =>
      world.news.flatMap(({ scope, message }) => (scope.startsWith("destin") ? [message] : []));

    await world.clock.advance(1.2 * dayMs);
    expect(ofDestinations()).toEqual([expect.stringMatching(/could not be read for long.*AccessDenied/)]);
    await world.clock.advance(5.5 * dayMs);
    expect(world.targets()).toEqual([`us.${sonnet}`]);
    await world.clock.advance(0.5 * dayMs);
    expect(world.targets()).toEqual([]);
    expect(world.targets(one, "us-west-2")).toEqual([`us.${sonnet}`]);
    expect(ofDestinations().slice(1)).toEqual([expect.stringContaining("count as unknown")]);

    world.reader.failure = () => undefined;
    await world.clock.advance(2 * 3_600_000);
    expect(world.targets()).toEqual([`us.${sonnet}`]);
    expect(ofDestinations().slice(2)).toEqual([expect.stringContaining("can be read again")]);
  });

  it("are called all the same where residency allows anywhere", async () => {
    const residency = { allowedRegions: "anywhere" } as const;
    using world = await new QuotaWorld().read(
      { residency, accounts: [{ id: one, regions: ["us-east-1"] }] },
      { pollMs: 3_600_000 },
    );
    world.reader.failure = denied;

    await world.clock.advance(8 * dayMs);

    expect(world.targets()).toEqual([`us.${sonnet}`]);
  });
});

describe("a quota nobody understands", () => {
  it("is told of once, whatever the number of places and looks, and changes nothing", async () => {
    const world = new QuotaWorld();
    const odd = quotaRow("Sideways model inference tokens per minute for Anthropic Claude Sonnet 4.6", 1);
    world.reader.usual = { ...world.reader.usual, defaults: [sonnetRow(6_000), odd] };
    using _opened = await world.read();
    await world.poll();

    expect(world.news).toMatchObject([{ change: "unmapped", scope: expect.stringContaining("Sideways"), now: 1 }]);
    expect(world.limits()).toEqual({ [geoTokens]: 1_000 });
  });
});

describe("two quotas of one meaning with different values", () => {
  it("are told of once, and take the target out until they agree", async () => {
    using world = await new QuotaWorld().read();
    const other = { ...sonnetRow(900), code: "L-OTHER" };

    for (const place of [here, { ...here, region: "us-west-2" }])
      world.reader.at(place).applied = [sonnetRow(500), other];
    await world.poll();
    await world.poll();
    expect(world.targets()).toEqual([]);
    expect(world.targets(two)).toEqual([`us.${sonnet}`]);
    expect(world.news).toMatchObject([
      {
        change: "unmapped",
        accountId: one,
        now: 500,
        message: expect.stringContaining("so does L-OTHER with another"),
      },
      { change: "unmapped", accountId: one, now: 900, message: expect.stringContaining("so does L-15B8E632") },
    ]);

    world.reader.at(here).applied = [sonnetRow(900), other];
    await world.poll();
    expect(world.limits()).toEqual({ [geoTokens]: 900 });
  });
});

describe("accounts that come and go", () => {
  it("are asked when they come, at once, and no more when they are gone or drained", async () => {
    using world = await new QuotaWorld().read();
    await world.opened.drain(two);
    const before = world.reader.count("appliedQuotas", `${two}/us-east-1`);
    await world.poll();
    expect(world.reader.count("appliedQuotas", `${two}/us-east-1`)).toBe(before);
    expect(world.limits(two)).toEqual({ [geoTokens]: 1_000 });

    world.opened.resume(two);
    await world.clock.advance(6_000);
    expect(world.reader.count("appliedQuotas", `${two}/us-east-1`)).toBe(before + 1);
  });

  it("are asked again at once when a reload may have mended what could not be read", async () => {
    const world = new QuotaWorld();
    let isDenied = true;
    world.reader.failure = ({ where }) =>
      isDenied && where === `${one}/us-east-1` ? awsError("AccessDeniedException", 403) : undefined;
    using _opened = await world.read();
    const others = world.reader.count("appliedQuotas", `${two}/us-east-1`);
    isDenied = false;

    world.opened.reload(parseConfig({ ...bareConfig, role: { name: "another", trust: "same-org" } }));
    await world.clock.advance(2_000);

    expect(world.targets()).toEqual([`us.${sonnet}`]);
    expect(world.reader.count("appliedQuotas", `${two}/us-east-1`)).toBe(others);
  });

  it("are used in full when they come back and were too old meanwhile", async () => {
    using world = await new QuotaWorld().read({}, { maxQuotaAgeMs: 3_600_000 });
    await world.opened.drain(two);
    await world.clock.advance(4_000_000);
    world.reader.at(here).applied = [sonnetRow(500)];
    await world.poll();
    expect(world.limits(two)).toEqual({ [geoTokens]: 800 });

    world.opened.resume(two);
    await world.clock.advance(10_000);

    expect(world.limits(two)).toEqual({ [geoTokens]: 1_000 });
  });

  it("are told of as readable again when a reload has mended them, and not as unread at every drain", async () => {
    const world = new QuotaWorld();
    let isDenied = true;
    world.reader.failure = ({ where }) =>
      isDenied && where === `${one}/us-east-1` ? awsError("AccessDeniedException", 403) : undefined;
    using _opened = await world.read();

    await world.opened.drain(two);
    await world.clock.advance(6_000);
    world.opened.resume(two);
    await world.clock.advance(6_000);
    isDenied = false;
    world.opened.reload(parseConfig({ ...bareConfig, role: { name: "another", trust: "same-org" } }));
    await world.clock.advance(6_000);

    expect(world.news.map(({ message }) => message)).toEqual([
      expect.stringContaining("could not be read"),
      expect.stringContaining("can be read again"),
    ]);
  });

  it("go on at the page where their list failed when a reload comes between", async () => {
    const world = new QuotaWorld();
    world.reader.rowsPerPage = 1;
    world.reader.at(here).defaults = [sonnetRow(6_000), sonnetRow(1, "global"), sonnetRow(2, "geo", "requests")];
    let isDown = true;
    const where = `${one}/us-east-1`;
    world.reader.failure = (asked) =>
      isDown && asked.where === where && asked.page === "2" ? awsError("InternalFailure", 500) : undefined;
    using _opened = await world.read();
    isDown = false;

    world.opened.reload(parseConfig({ ...bareConfig, role: { name: "another", trust: "same-org" } }));
    await world.clock.advance(6_000);

    const ofDefaults = world.reader.asked.filter((asked) => asked.where === where && asked.api === "defaultQuotas");
    expect(ofDefaults.map(({ page }) => page ?? "0")).toEqual(["0", "1", "2", "2"]);
  });

  it("leave a question that is under way when they are drained", async () => {
    const world = new QuotaWorld();
    world.reader.until = ({ where }) => (where.startsWith(two) ? new Promise(() => undefined) : Promise.resolve());
    using _opened = await world.read();
    const ofTwo = world.reader.asked.filter(({ where }) => where.startsWith(two));
    expect(ofTwo.some(({ signal }) => signal.aborted)).toBe(false);

    await world.opened.drain(two);
    await world.clock.advance(0);

    expect(ofTwo.every(({ signal }) => signal.aborted)).toBe(true);
    expect(world.isReady).toBe(true);
  });
});

describe("closing", () => {
  it("ends every question and every timer", async () => {
    const world = new QuotaWorld();
    world.reader.until = () => new Promise(() => undefined);
    world.open();
    await world.clock.advance(1_000);

    world[Symbol.dispose]();
    await world.clock.advance(0);

    expect(world.reader.asked.every(({ signal }) => signal.aborted)).toBe(true);
    expect(world.isReady).toBe(true);
    expect(world.clock.pending).toBe(0);
  });

  it("ends what waits, looks and ramps later", async () => {
    const world = await new QuotaWorld().read();
    world.reader.usual.applied = [];
    world.reader.at(here).applied = [sonnetRow(9_000)];
    await world.poll();

    world[Symbol.dispose]();
    const asked = world.reader.asked.length;
    await world.clock.advance(10_000_000);

    expect(world.reader.asked.length).toBe(asked);
    expect(world.clock.pending).toBe(0);
  });
});

describe("findings the config has no room for", () => {
  it("leave the ids as they were, and limits and Regions follow AWS all the same", async () => {
    const world = await new QuotaWorld().read();
    const { opened, clock, reader } = world;
    const taken: string[] = [];
    const warned: string[] = [];
    const place = { accountId: one, region: "us-east-1" };
    const host: QuotaHost = {
      clock,
      random: seededRandom(1),
      config: parseConfig(bareConfig),
      fleet: opened.fleet,
      places: [place],
      clientOptions: () => {
        throw new Error("nobody asks AWS here");
      },
      settledByMinute: () => new Map(),
      take: (findings) => {
        const ids = findings.idsOf(sonnet, place).map(({ id }) => id);
        if (ids.length > 1) throw new ConfigError([{ path: ["accounts", 0, "sessionPolicy"], message: "is too long" }]);
        const of = { ...place, endpoint: "runtime", scope: "geo", baseModelId: sonnet } as const;
        taken.push(`${ids.join()} ${findings.ceiling("tokens", of)}`);
      },
      setForeignUse: () => undefined,
      tell: () => undefined,
      warn: (_code, message) => void warned.push(message),
    };
    using _watch = serviceQuotas({ drift: false, reader: () => reader }).watch(host);
    await clock.advance(1_000);

    reader.at(place).applied = [sonnetRow(500), sonnetRow(3, "on-demand")];
    await clock.advance(700_000);

    expect(taken).toEqual([`us.${sonnet} 1000`, `us.${sonnet} 500`]);
    expect(warned.join()).toContain("is too long");
    world[Symbol.dispose]();
  });
});

describe("several models and processes", () => {
  it("one poor account whose share is no whole call a minute does not keep the others from being used", async () => {
    const world = new QuotaWorld();
    world.reader.at(here).applied = [sonnetRow(1_000), sonnetRow(2, "geo", "requests")];
    using _opened = await world.read({ ...bareConfig, instances: 4 });

    expect([world.targets(one), world.targets(two)]).toEqual([[], [`us.${sonnet}`]]);
    expect(world.limits(two)).toEqual({ [geoTokens]: 250 });
  });
});
