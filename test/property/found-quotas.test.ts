import { openRouter, parseConfig, seededRandom } from "@shardrock/core";
import { type AwsReader, type QuotaRow, serviceQuotas } from "@shardrock/quotas";
import { VirtualClock } from "@shardrock/simulator";
import fc from "fast-check";
import { expect, it } from "vitest";

const minuteMs = 60_000;
const model = "anthropic.claude-sonnet-4-6";

/** AWS of one account and Region: a limit that changes, and parts that fail. */
class OddAws implements AwsReader {
  limit: number;
  failing: ReadonlySet<string> = new Set();
  /** Limits that were told, newest last. */
  readonly told: number[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  async appliedQuotas() {
    const rows = await this.#answer("applied", [rowOf(this.limit)]);
    this.told.push(this.limit);
    return rows;
  }

  readonly defaultQuotas = () => this.#answer("defaults", [rowOf(1_000_000)]);

  readonly profiles = () => {
    const modelArns = [`arn:aws:bedrock:us-east-1::foundation-model/${model}`];
    return this.#answer("profiles", [{ id: `us.${model}`, type: "system" as const, isActive: true, modelArns }]);
  };

  readonly usage = async () => [];

  async #answer<Row>(part: string, rows: readonly Row[]) {
    if (this.failing.has(part)) throw Object.assign(new Error("no"), { name: "AccessDeniedException" });
    return { rows: this.failing.has("empty") ? [] : rows, next: undefined };
  }
}

function rowOf(value: number): QuotaRow {
  const name = "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6";
  return { code: "L-15B8E632", name, value, isAdjustable: true, isGlobal: false };
}

const limits = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5_000_000 }));
const failures = fc.uniqueArray(fc.constantFrom("applied", "defaults", "profiles", "empty"), { maxLength: 3 });
const happenings = fc.array(
  fc.record({
    limit: limits,
    failing: fc.oneof(fc.constant([]), failures),
    minutes: fc.integer({ min: 1, max: 2_000 }),
  }),
  { minLength: 1, maxLength: 12 },
);

it("a limit that was once read is never unknown, never more than AWS ever told, and 0 only where AWS said 0", async () => {
  await fc.assert(
    fc.asyncProperty(limits, happenings, async (first, then) => {
      const clock = new VirtualClock();
      const aws = new OddAws(first);
      const config = parseConfig({
        role: { name: "shardrock", trust: "same-org" },
        accounts: [{ id: "111111111111" }],
        models: { chat: { model } },
        residency: { allowedRegions: ["us-east-1"] },
      });
      const quotas = serviceQuotas({ drift: false, pollMs: 10 * minuteMs, reader: () => aws });
      using opened = openRouter(config, { clock, random: seededRandom(1), quotas });
      await clock.advance(2_000);

      for (const { limit, failing, minutes } of then) {
        Object.assign(aws, { limit, failing: new Set(failing) });
        for (const passed of [minuteMs, minutes * minuteMs]) {
          await clock.advance(passed);
          const [found, ...others] = opened.fleet.limits;
          const isHeld = found?.value === 0;
          expect(others).toEqual([]);
          expect(found?.value).toBeGreaterThanOrEqual(0);
          expect(found?.value).toBeLessThanOrEqual(Math.max(...aws.told));
          if (isHeld) expect(aws.told).toContain(0);
        }
        if (failing.length === 0 && minutes > 15) {
          const now = opened.fleet.limits[0]?.value ?? Number.NaN;
          expect(now === limit).toBe(true);
        }
      }
    }),
    { numRuns: 60, seed: 5 },
  );
}, 60_000);
