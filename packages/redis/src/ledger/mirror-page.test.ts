import { describe, expect, it } from "vitest";
import type { PageView } from "../store/book-store.ts";
import { MirrorPage } from "./mirror-page.ts";

const nowUs = 1_800_000_000_000_000;
const gate = {
  priceUs: 1_000,
  burstUs: 6_000_000,
  mayHold: 60_000,
  window: "sliding",
  mayAsk: false,
  pausedUntilUs: 0,
  windowUs: 60_000_000,
} as const;

function pageWith(view: Partial<PageView>, asked?: number): MirrorPage {
  const page = new MirrorPage({ key: "a", unit: "tokens", windowMs: 60_000 });
  page.keep(gate);
  page.see({ tatUs: 0, inWindow: 0, pausedUntilUs: 0, open: 0, version: 1, ...view }, { asked }, nowUs);
  return page;
}

describe("what a process knows of a page between answers", () => {
  it("is that a full window has room when the store said so, for calls as large as that was asked for", () => {
    const roomAtUs = nowUs + 20_000_000;
    const page = pageWith({ inWindow: 59_000, roomAtUs }, 2_000);

    expect(page.startUs(2_000, nowUs)).toBe(roomAtUs);
    expect(page.startUs(5_000, nowUs)).toBe(roomAtUs);
    expect(page.startUs(500, nowUs)).toBeLessThanOrEqual(nowUs);
    expect(page.startUs(2_000, roomAtUs)).toBeLessThanOrEqual(roomAtUs);
  });

  it("is that nobody need ask before the store told to, and then that it is worth it", () => {
    const page = pageWith({ tatUs: nowUs + 20_000_000 });
    page.askAgain(1_000, nowUs + 3_000_000);

    expect(page.startUs(1_000, nowUs)).toBe(nowUs + 3_000_000);
    expect(page.startUs(1_000, nowUs + 3_000_000)).toBeLessThanOrEqual(nowUs + 3_000_000);
  });

  it("forgets what it was told when a call of its own gives something back", () => {
    const page = pageWith({ tatUs: nowUs + 10_000_000 });
    page.askAgain(1_000, nowUs + 5_000_000);

    page.pend({ us: -10_000_000, units: -10_000 }, 1);

    expect(page.startUs(1_000, nowUs)).toBeLessThanOrEqual(nowUs);
  });

  it("moves what it was told with what others book, and give back", () => {
    const page = pageWith({ tatUs: nowUs + 20_000_000 });
    page.askAgain(1_000, nowUs + 3_000_000);

    const view = { inWindow: 0, pausedUntilUs: 0, open: 0, version: 1 };
    page.see({ ...view, tatUs: nowUs + 22_000_000 }, {}, nowUs);
    expect(page.startUs(1_000, nowUs)).toBe(nowUs + 5_000_000);
    page.see({ ...view, tatUs: nowUs + 19_000_000 }, {}, nowUs);
    expect(page.startUs(1_000, nowUs)).toBe(nowUs + 2_000_000);
  });

  it("holds back a smaller call less", () => {
    const page = pageWith({ tatUs: nowUs + 20_000_000 });
    page.askAgain(1_000, nowUs + 300_000);

    expect(page.startUs(900, nowUs)).toBe(nowUs + 200_000);
    expect(page.startUs(500, nowUs)).toBeLessThanOrEqual(nowUs);
  });

  it("keeps to its turn, whatever others book or give back, where it was told to stand back", () => {
    const page = pageWith({ tatUs: nowUs + 20_000_000 });
    page.askAgain(1_000, nowUs + 3_000_000, "turn");

    page.see({ tatUs: nowUs, inWindow: 0, pausedUntilUs: 0, open: 0, version: 1 }, {}, nowUs);

    expect(page.startUs(1_000, nowUs)).toBe(nowUs + 3_000_000);
  });

  it("knows when a call can start only while that is fresh, and that others take what becomes free meanwhile", () => {
    const page = pageWith({ tatUs: nowUs + 20_000_000 });

    expect(page.fitsUs(1_000, nowUs)).toBe(nowUs + 15_000_000);
    expect(page.fitsUs(1_000, nowUs + 1_000_000)).toBe(nowUs + 16_000_000);
    expect(page.fitsUs(1_000, nowUs + 1_000_001)).toBe(Number.NEGATIVE_INFINITY);
  });

  it("counts what comes back once: at once, and not again when the store says so", () => {
    const page = pageWith({ tatUs: nowUs + 10_000_000 });
    page.pend({ us: -4_000_000, units: -4_000 }, 1);
    const before = page.startUs(6_000, nowUs);

    const view = { tatUs: nowUs + 6_000_000, inWindow: 0, pausedUntilUs: 0, open: 0, version: 1 };
    const isEarlier = page.see(view, { arrived: { us: -4_000_000, units: -4_000 } }, nowUs);

    expect(isEarlier).toBe(false);
    expect(page.startUs(6_000, nowUs)).toBe(before);
    expect(before).toBe(nowUs + 6_000_000);
  });

  it("notices what others gave back", () => {
    const page = pageWith({ tatUs: nowUs + 10_000_000 });

    const view = { tatUs: nowUs + 2_000_000, inWindow: 0, pausedUntilUs: 0, open: 0, version: 1 };

    expect(page.see(view, {}, nowUs)).toBe(true);
  });

  it("stays paused as long as this process foresees, whatever older answers say", () => {
    const page = pageWith({});
    page.pause(nowUs + 500_000);

    page.see({ tatUs: 0, inWindow: 0, pausedUntilUs: 0, open: 0, version: 1 }, {}, nowUs);

    expect(page.startUs(1, nowUs)).toBe(nowUs + 500_000);
  });
});
