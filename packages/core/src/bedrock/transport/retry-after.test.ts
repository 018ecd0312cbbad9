import { describe, expect, it } from "vitest";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { retryAfterMs } from "./retry-after.ts";

describe("Retry-After", () => {
  // The manual clock starts at 2026-01-01T00:00:00Z.
  it.each([
    [undefined, undefined],
    ["60", 60_000],
    [" 0 ", 0],
    ["1.5", 1_500],
    ["Thu, 01 Jan 2026 00:02:00 GMT", 120_000],
    ["Wed, 31 Dec 2025 23:00:00 GMT", 0],
    ["99999999999", 86_400_000],
    ["-5", undefined],
    ["soon", undefined],
    ["", undefined],
  ])("of %j asks to wait %s ms", (header, ms) => {
    expect(retryAfterMs(header, new ManualClock())).toBe(ms);
  });
});
