import { describe, expect, it } from "vitest";
import { Enforcement } from "./enforcement.ts";
import { type Evidence, noAges } from "./evidence.ts";

const minuteUs = 60_000_000;

/** A call of 1 % of the limit at a quiet time, unless told. */
function seen(change: Partial<Evidence> = {}): Evidence {
  const level = change.level ?? 0.05;
  return {
    atUs: 100e6,
    slot: 800,
    hold: 0.01,
    level,
    leastLevel: level,
    most: 0.5,
    least: 0.49,
    overAge: noAges,
    belief: 0,
    ...change,
  };
}

describe("how AWS may count", () => {
  it("is open at first, and taken for the most generous way", () => {
    const enforcement = new Enforcement(minuteUs);

    expect(enforcement).toMatchObject({ kind: "bucket", maySlide: true, bucketSize: Number.POSITIVE_INFINITY });
  });

  it("is no bucket when refused at a level that had been let in", () => {
    const enforcement = new Enforcement(minuteUs);
    enforcement.accepted(seen({ level: 0.3 }));

    enforcement.refused(seen({ level: 0.2, most: 1.1 }), { whole: 40e6, sixth: 5e6 }, 100e6);

    expect(enforcement.kind).toBe("fixed");
    expect(enforcement.phases).toMatchObject({ widthUs: 20e6 + 2 * (minuteUs / 480) });
  });

  it("is no bucket when refused within the burst every quota starts with", () => {
    const enforcement = new Enforcement(minuteUs);

    enforcement.refused(seen({ level: 0.1, most: 1.02 }), { whole: Number.POSITIVE_INFINITY, sixth: 5e6 }, 100e6);

    expect(enforcement.kind).toBe("sliding");
  });

  it("is a bucket of the size at which it refuses, while what it lets in stays below", () => {
    const enforcement = new Enforcement(minuteUs);
    enforcement.accepted(seen({ level: 0.24 }));

    enforcement.refused(seen({ level: 0.25, most: 1.2 }), noAges, 100e6);

    expect(enforcement).toMatchObject({ kind: "bucket", bucketSize: 0.25 });
  });

  it("does not slide when a window beyond the limit was let in, and no window is fixed that would have been full", () => {
    const enforcement = new Enforcement(minuteUs);
    const full = { least: 1.05, most: 1.06, overAge: { whole: 57e6, sixth: 9e6 } };

    for (let atUs = 100e6; atUs <= 160e6; atUs += 0.25e6) enforcement.accepted(seen({ ...full, atUs }));

    expect(enforcement).toMatchObject({ kind: "bucket", maySlide: false, looksAtWindows: false });
  });

  it("is sixths when only those were full", () => {
    const enforcement = new Enforcement(minuteUs);

    enforcement.refused(seen({ level: 0.08, most: 0.4 }), { whole: Number.POSITIVE_INFINITY, sixth: 7e6 }, 100e6);

    expect(enforcement.kind).toBe("sixths");
    expect(enforcement.phases?.windowUs).toBe(minuteUs / 6);
  });

  it("is nothing known when there was room by every way", () => {
    const enforcement = new Enforcement(minuteUs);
    const idle = seen({ level: 0.01, most: 0.01 });

    expect(enforcement.explains(idle, noAges)).toBe(false);
    enforcement.refused(idle, noAges, 100e6);

    expect(enforcement.kind).toBeUndefined();
  });

  it("says what a sliding window's limit would be while admissions and refusals agree on one", () => {
    const enforcement = new Enforcement(minuteUs);
    enforcement.accepted(seen({ least: 0.49 }));
    enforcement.refused(seen({ most: 0.5 }), noAges, 100e6);
    const agreed = enforcement.slidingLimit;
    enforcement.accepted(seen({ least: 0.6 }));

    expect(agreed).toBe(0.5);
    expect(enforcement.slidingLimit).toBeUndefined();
  });
});
