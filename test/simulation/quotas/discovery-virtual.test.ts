import { describe, expect, it } from "vitest";
import { one, two, VirtualDiscovery } from "./virtual-discovery.ts";

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, each) => all + each, 0);

describe("a quota that AWS changes while calls come", () => {
  it("and cuts to a tenth costs a few throttles until the next look, and none after it", async () => {
    const world = new VirtualDiscovery({ tokensPerMinute: { [one]: 600_000, [two]: 600_000 }, offered: 500_000 });
    await world.minutes(5);
    expect(sum(world.throttled)).toBe(0);
    expect(world.served.get(one)).toBeGreaterThan(1_000);

    world.change(one, 60_000);
    await world.minutes(1.2);
    expect(sum(world.throttled)).toBeLessThanOrEqual(25);
    expect(world.opened.fleet.limits).toContainEqual(
      expect.objectContaining({ value: 60_000, source: "service-quotas" }),
    );
    await world.minutes(10);

    expect(sum(world.throttled)).toBeLessThanOrEqual(5);
    expect(sum(world.served)).toBeGreaterThan(4_800);
    expect(world.served.get(one)).toBeLessThan(650);
    expect(world.failed).toBe(0);
  }, 30_000);

  it("and raises from 0 is used within minutes, without a throttle", async () => {
    const world = new VirtualDiscovery({ tokensPerMinute: { [one]: 600_000, [two]: 0 }, offered: 500_000 });
    await world.minutes(5);
    expect(world.served.get(two)).toBeUndefined();

    world.change(two, 600_000);
    await world.minutes(6);

    expect(world.served.get(two)).toBeGreaterThan(600);
    expect(sum(world.throttled)).toBe(0);
    expect(world.failed).toBe(0);
  }, 30_000);

  it("and takes away altogether moves all calls to the other account", async () => {
    const world = new VirtualDiscovery({ tokensPerMinute: { [one]: 600_000, [two]: 600_000 }, offered: 300_000 });
    await world.minutes(3);

    world.change(one, 0);
    await world.minutes(1.2);
    await world.minutes(5);

    expect(world.served.get(one)).toBeUndefined();
    expect(sum(world.throttled)).toBe(0);
    expect(world.failed).toBe(0);
  }, 30_000);
});
