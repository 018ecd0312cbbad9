import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { awsError } from "../testing/fake-reader.test.kit.ts";
import { sonnet, sonnetRow } from "../testing/quota-rows.test.kit.ts";
import { geoTokens, one, QuotaWorld, two } from "../testing/quota-world.test.kit.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shardrock-quotas-"));
  file = join(folder, "state", "quotas.json");
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

/** A router that has read everything, and its file. */
async function written(): Promise<void> {
  using world = await new QuotaWorld().read({}, { file });
  await world.clock.advance(10_000);
}

/** A router whose AWS says nothing. */
async function withoutAws(options: { readonly maxQuotaAgeMs?: number } = {}): Promise<QuotaWorld> {
  const world = new QuotaWorld();
  world.reader.failure = () => awsError("InternalFailure", 500);
  world.open({}, { file, ...options });
  await world.clock.advance(0);
  return world;
}

describe("what was read, in a file", () => {
  it("lets the next start work at once, without AWS", async () => {
    await written();

    using world = await withoutAws();

    expect(world.isReady).toBe(true);
    expect(world.reader.asked).toEqual([]);
    expect(world.limits()).toEqual({ [geoTokens]: 1_000 });
    expect(world.targets(two, "us-west-2")).toEqual([`us.${sonnet}`]);
    await world.clock.advance(60_000);
    expect(world.limits()).toEqual({ [geoTokens]: 1_000 });
  });

  it("is as old as it is: too old, 0.8 of it is used", async () => {
    await written();
    const json = readFileSync(file, "utf8");
    writeFileSync(
      file,
      json.replaceAll(/"readAtEpochMs":(\d+)/g, (_, ms) => `"readAtEpochMs":${Number(ms) - 90_000_000}`),
    );

    using world = await withoutAws();

    expect(world.limits()).toEqual({ [geoTokens]: 800 });
  });

  it("of a year ago says no more where profiles run, so calls wait for AWS", async () => {
    await written();
    const yearMs = 365 * 86_400_000;
    const json = readFileSync(file, "utf8");
    const aged = json.replaceAll(/"readAtEpochMs":(\d+)/g, (_, ms) => `"readAtEpochMs":${Number(ms) - yearMs}`);
    writeFileSync(file, aged);

    using down = await withoutAws();
    expect([down.isReady, down.targets()]).toEqual([false, []]);
    await down.clock.advance(60_000);
    expect([down.isReady, down.targets()]).toEqual([true, []]);

    writeFileSync(file, aged);
    const world = new QuotaWorld();
    using _opened = world.open({}, { file });
    await world.clock.advance(1_000);
    expect([world.isReady, world.targets()]).toEqual([true, [`us.${sonnet}`]]);
  });

  it("from a time to come is as new as can be, and no newer", async () => {
    await written();
    const json = readFileSync(file, "utf8");
    writeFileSync(file, json.replaceAll(/"readAtEpochMs":\d+/g, `"readAtEpochMs":9e15`));

    using world = await withoutAws({ maxQuotaAgeMs: 60_000 });
    expect(world.limits()).toEqual({ [geoTokens]: 1_000 });
    await world.clock.advance(600_000);

    expect(world.limits()).toEqual({ [geoTokens]: 800 });
  });

  it("is confirmed by AWS soon after the start, and what is more ramps", async () => {
    await written();
    const world = new QuotaWorld();
    world.reader.usual.applied = [sonnetRow(10_000)];
    using _opened = world.open({}, { file });

    await world.clock.advance(6_000);

    expect(world.limits()[geoTokens]).toBeGreaterThanOrEqual(1_000);
    expect(world.limits()[geoTokens]).toBeLessThan(2_000);
    await world.clock.advance(300_000);
    expect(world.limits()).toEqual({ [geoTokens]: 10_000 });
  });

  it("is not given up for lists that come empty at the first look", async () => {
    await written();
    const world = new QuotaWorld();
    world.reader.usual = { applied: [], defaults: [sonnetRow(6_000)], profiles: [] };
    using _opened = world.open({}, { file });

    await world.clock.advance(60_000);

    expect(world.limits()).toEqual({ [geoTokens]: 1_000 });
    expect(world.targets()).toEqual([`us.${sonnet}`]);
  });

  it("does not make calls wait longer than AWS takes for a place that is not in it", async () => {
    await written();
    const world = new QuotaWorld();
    using _opened = world.open({ accounts: [{ id: one }, { id: "333333333333" }] }, { file });
    await world.clock.advance(0);
    expect(world.isReady).toBe(false);

    await world.clock.advance(1_000);

    expect(world.isReady).toBe(true);
    expect(world.targets("333333333333")).toHaveLength(1);
    expect(world.opened.fleet.accounts.has(two)).toBe(false);
  });

  it.each([
    ["no JSON", () => "{"],
    ["another version", (text: string) => text.replace('"version":1', '"version":2')],
    ["a limit that is no number", (text: string) => text.replace("1000,6000", '"1e9",6000')],
    ["a limit below 0", (text: string) => text.replace("1000,6000", "-1,6000")],
    ["a row without a name", (text: string) => text.replace('"quotas":{"L-', '"quotas":{"M-')],
    ["an account that is none", (text: string) => text.replace(one, "1")],
    ["half a place", (text: string) => text.replace('"readAtEpochMs"', '"readAt"')],
    ["a profile of no kind", (text: string) => text.replace('"system"', '"sytem"')],
    ["nothing", () => "null"],
  ])("that holds %s is told of and left aside", async (_what, damage) => {
    await written();
    const text = readFileSync(file, "utf8");
    writeFileSync(file, damage(text));
    expect(damage(text)).not.toBe(text);

    const world = await new QuotaWorld().read({}, { file });
    using _opened = world;

    expect(world.warnings).toMatchObject([{ code: "quotas-file-unreadable" }]);
    expect(world.limits()).toEqual({ [geoTokens]: 1_000 });
  });

  it("is read by its owner alone, is whole at any time, and leaves nothing beside it", async () => {
    await written();

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, "state"))).toEqual(["quotas.json"]);
    expect(readFileSync(file, "utf8")).not.toMatch(/secret|token"|roleArn|externalId/i);
  });

  it("is written once more at the end, when something came last", async () => {
    const world = await new QuotaWorld().read({}, { file });
    expect(existsSync(file)).toBe(false);

    world[Symbol.dispose]();

    expect(existsSync(file)).toBe(true);
  });

  it("that cannot be written is told of, and harms nothing", async () => {
    writeFileSync(join(folder, "state"), "a file where a folder should be");
    using world = await new QuotaWorld().read({}, { file });
    await world.clock.advance(60_000);

    expect(world.warnings.map(({ code }) => code)).toContain("quotas-file-unwritable");
    expect(world.limits()).toEqual({ [geoTokens]: 1_000 });
  });

  it("is written by one client of a process alone; another one is told, and may when the first is closed", async () => {
    const first = await new QuotaWorld().read({ accounts: [{ id: one }] }, { file });
    using second = await new QuotaWorld().read({ accounts: [{ id: two }] }, { file, pollMs: 60_000 });
    await first.clock.advance(60_000);
    await second.clock.advance(120_000);
    expect(first.warnings).toEqual([]);
    expect(second.warnings).toMatchObject([{ code: "quotas-file-shared" }]);
    expect(second.limits(two)).toEqual({ [geoTokens]: 1_000 });
    expect(readFileSync(file, "utf8")).toContain(`"accountId":"${one}"`);

    first[Symbol.dispose]();
    second.reader.at({ accountId: two, region: "us-east-1" }).applied = [sonnetRow(500)];
    await second.clock.advance(130_000);
    expect(readFileSync(file, "utf8")).toContain(`"accountId":"${two}"`);
  });

  it("that cannot be put in place leaves nothing beside it", async () => {
    mkdirSync(file, { recursive: true });
    using world = await new QuotaWorld().read({}, { file });
    await world.clock.advance(60_000);

    expect(world.warnings.map(({ code }) => code)).toContain("quotas-file-unwritable");
    expect(readdirSync(join(folder, "state"))).toEqual(["quotas.json"]);
  });

  it("is written when something changed, a minute later, and else hourly: it is much to write", async () => {
    using world = await new QuotaWorld().read({}, { file, pollMs: 60_000 });
    await world.clock.advance(58_000);
    expect(existsSync(file)).toBe(false);
    await world.clock.advance(5_000);
    expect(existsSync(file)).toBe(true);

    rmSync(file);
    await world.clock.advance(3_400_000);
    expect(existsSync(file)).toBe(false);
    await world.clock.advance(300_000);
    expect(existsSync(file)).toBe(true);

    rmSync(file);
    world.reader.at({ accountId: one, region: "us-east-1" }).applied = [sonnetRow(500)];
    await world.clock.advance(130_000);
    expect(readFileSync(file, "utf8")).toContain("500,6000");
  });
});
