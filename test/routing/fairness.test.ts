import type { CallRequest, RouterOptions } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { accountTarget, outcome, routedWorld, type WorldOptions } from "./routed-world.ts";

const minuteMs = 60_000;

interface Served {
  readonly tokens: Map<string, number>;
  readonly waitsMs: Map<string, number[]>;
}

/** Tenants send calls at their pace, calls per second; tells what each was served from `fromMs` on, in tokens taken. */
async function serve(
  pace: Readonly<Record<string, number>>,
  options: WorldOptions & {
    untilMs?: number;
    fromMs?: number;
    change?: (tenant: string) => Partial<CallRequest>;
  },
): Promise<Served> {
  const { untilMs = 2 * minuteMs, fromMs = minuteMs, change = () => ({}), ...rest } = options;
  const targets = [accountTarget("a"), accountTarget("b")];
  const { router, request, clock } = routedWorld(targets, { limit: 600_000, maxWaitMs: 600_000, ...rest });
  const tokens = new Map<string, number>();
  const waitsMs = new Map<string, number[]>();
  // Sizes, and how much of its hold a tenant takes, differ.
  const sizeOf = (tenant: string, call: number): number => 400 + ((call * 137 + tenant.length * 61) % 1_200);
  for (const [place, [tenant, perSecond]] of Object.entries(pace).entries()) {
    for (let call = 0; call < (untilMs / 1_000) * perSecond; call += 1) {
      const held = sizeOf(tenant, call);
      const taken = Math.round(held * (0.4 + 0.3 * (place % 2)));
      clock.timer((call * 1_000) / perSecond, () => {
        const sinceMs = clock.monotonicMs();
        const running = router.run(request(held, { tenant, ...change(tenant) }), async (_, attempt) => {
          const startMs = clock.monotonicMs();
          if (startMs >= fromMs) {
            tokens.set(tenant, (tokens.get(tenant) ?? 0) + taken);
            waitsMs.set(tenant, [...(waitsMs.get(tenant) ?? []), startMs - sinceMs]);
          }
          await clock.sleep(2_000);
          attempt.settle({ requests: 1, tokens: taken });
        });
        void outcome(running);
      });
    }
  }
  await clock.advance(untilMs);
  router.close();
  return { tokens, waitsMs };
}

function sharesOf({ tokens }: Served): Record<string, number> {
  const sum = [...tokens.values()].reduce((all, one) => all + one, 0);
  return Object.fromEntries([...tokens].map(([tenant, served]) => [tenant, served / sum]));
}

const weights = { small: { weight: 1 }, middle: { weight: 2 }, large: { weight: 4 } };
const bounds = { maxInFlight: 10_000, maxQueued: 100_000, maxQueuedBytes: 1e9 };

describe("tenants", () => {
  it("share a minute in tokens really taken by their weights, while one floods", async () => {
    const served = await serve({ small: 200, middle: 20, large: 40 }, { tenants: weights, bounds });

    const { small = 0, middle = 0, large = 0 } = sharesOf(served);

    expect(small / (1 / 7)).toBeCloseTo(1, 1);
    for (const [share, weight] of [
      [small, 1],
      [middle, 2],
      [large, 4],
    ] as const) {
      expect(Math.abs((share * 7) / weight - 1), `weight ${weight}`).toBeLessThan(0.03);
    }
  });

  it("weigh the same when nobody said otherwise", async () => {
    const shares = sharesOf(await serve({ one: 100, another: 30 }, { bounds }));

    expect(Math.abs((shares["one"] ?? 0) - 0.5)).toBeLessThan(0.015);
  });

  it("compete inside a pool, whatever Regions their calls may use", async () => {
    const change = (tenant: string): Partial<CallRequest> =>
      tenant === "one" ? { allowedRegions: ["us-east-1"] } : {};
    const shares = sharesOf(await serve({ one: 100, another: 30 }, { bounds, change }));

    expect(Math.abs((shares["one"] ?? 0) - 0.5)).toBeLessThan(0.015);
  });

  it("do not wait behind another's flood", async () => {
    const alone = await serve({ calm: 4, other: 8 }, { bounds });
    const flooded = await serve({ calm: 4, other: 8, flood: 200 }, { bounds, maxWaitMs: 30_000 });

    expect(Math.max(...(alone.waitsMs.get("calm") ?? []))).toBeLessThan(500);
    const served = (one: Served): number => one.waitsMs.get("calm")?.length ?? 0;
    expect(Math.abs(served(flooded) - served(alone))).toBeLessThanOrEqual(8); // those of two seconds, at the ends
    expect(Math.max(...(flooded.waitsMs.get("calm") ?? []))).toBeLessThan(2_000);
  });

  it("are not refused because of another's flood", async () => {
    const { router, request, clock, serve: serving } = routedWorld([accountTarget("a")], { bounds });
    for (let call = 0; call < 40; call += 1) {
      void outcome(router.run(request(900, { tenant: "flood", maxWaitMs: 600_000 }), serving("flood")));
    }
    const late = outcome(router.run(request(900, { tenant: "flood", maxWaitMs: 3_000 }), serving()));
    const calm = outcome(router.run(request(900, { tenant: "calm", maxWaitMs: 3_000 }), serving()));
    await clock.advance(3_000);

    expect(await late).toMatchObject({ error: { code: "no-capacity" } });
    expect(await calm).toEqual({ value: "a" });
  });

  it("save nothing up while they are away", async () => {
    const { router, request, clock, started, serve: serving } = routedWorld([accountTarget("a")], { bounds });
    const call = (tenant: string): void =>
      void outcome(
        router.run(request(970, { tenant, maxWaitMs: 600_000 }), async (target, attempt) => {
          started.push(tenant);
          await clock.sleep(1_000);
          attempt.settle(undefined);
          return target.id;
        }),
      );
    for (let index = 0; index < 60; index += 1) call("steady");
    await clock.advance(40_000);
    expect(serving).toBeDefined();
    started.length = 0;
    for (let index = 0; index < 20; index += 1) call("back");
    await clock.advance(12_000);

    const back = started.filter((tenant) => tenant === "back").length;
    expect(Math.abs(back - started.length / 2)).toBeLessThanOrEqual(1);
  });

  it("get what they are guaranteed, whatever their weight, and lend what they leave", async () => {
    const tenants = { promised: { weight: 1, guaranteed: 0.4 }, heavy: { weight: 9 } };
    const both = sharesOf(await serve({ promised: 60, heavy: 100 }, { tenants, bounds }));
    const left = sharesOf(await serve({ promised: 2, heavy: 100 }, { tenants, bounds }));

    expect(both["promised"]).toBeGreaterThan(0.37);
    expect(both["promised"]).toBeLessThan(0.43);
    expect(left["heavy"]).toBeGreaterThan(0.9);
  });

  it("are told when their share makes no sense", () => {
    const world = (tenants: RouterOptions["tenants"]) => () => routedWorld([accountTarget("a")], { tenants });

    expect(world({ one: { weight: 0 } })).toThrow("tenants.one.weight must be a finite number above 0, got 0");
    expect(world({ one: { guaranteed: 2 } })).toThrow("tenants.one.guaranteed must be a number from 0 to 1, got 2");
    expect(world({ one: { guaranteed: 0.6 }, two: { guaranteed: 0.6 } })).toThrow("at most 1 together");
    expect(() => routedWorld([accountTarget("a")], { ageingMs: 0 })).toThrow(
      "ageingMs must be a finite number above 0",
    );
  });
});

describe("priorities", () => {
  it("age: nobody starves, and ten seconds count like one step", async () => {
    const { router, request, clock, started } = routedWorld([accountTarget("a")], { bounds, maxWaitMs: 600_000 });
    const atMs = new Map<string, number>();
    const call = (name: string, priority: number): void =>
      void outcome(
        router.run(request(970, { priority }), async (_, attempt) => {
          started.push(name);
          atMs.set(name, clock.monotonicMs());
          await clock.sleep(1_000);
          attempt.settle(undefined);
        }),
      );
    for (let second = 0; second < 60; second += 1) {
      clock.timer(second * 500, () => call(`high ${second}`, 1));
    }
    for (let second = 0; second < 10; second += 1) call(`first ${second}`, 1);
    call("low", 0);
    await clock.advance(60_000);

    expect(atMs.get("low")).toBeGreaterThan(10_000);
    expect(atMs.get("low")).toBeLessThan(30_000);
  });
});
