import { expect, it } from "vitest";
import { clockOf, fakeStream } from "./host.test.kit.ts";
import { openProgress, progressLine, sayDuration } from "./progress.ts";

function opened(isTTY: boolean) {
  const time = { nowMs: 0 };
  const stderr = Object.assign(fakeStream(), { isTTY, columns: isTTY ? 80 : undefined });
  const text: string[] = [];
  const kept = { ...stderr, write: async (more: string) => void text.push(more) };
  return {
    time,
    text,
    progress: openProgress({ label: "reading", total: 200 }, { stderr: kept, clock: clockOf(time) }),
  };
}

it("shows nothing for what is done within two seconds", () => {
  const { time, text, progress } = opened(true);

  time.nowMs = 1_999;
  progress.update(100);
  progress[Symbol.dispose]();

  expect(text).toEqual([]);
});

it("shows how far it is and the time left on a terminal, and wipes it at the end", () => {
  const { time, text, progress } = opened(true);

  time.nowMs = 3_000;
  progress.update(50);
  time.nowMs = 3_050;
  progress.update(60);
  progress[Symbol.dispose]();

  expect(text).toHaveLength(2);
  expect(text[0]).toContain("reading ██████░░░░░░░░░░░░░░░░░░  25 %, 9 s left");
  expect(text[1]).toBe("\r\u001b[2K");
});

it("shows nothing where stderr is no terminal", () => {
  const { time, text, progress } = opened(false);

  time.nowMs = 60_000;
  progress.update(50);
  progress[Symbol.dispose]();

  expect(text).toEqual([]);
});

it("says durations as people do", () => {
  expect([8_400, 125_000, 3_725_000].map(sayDuration)).toEqual(["8 s", "2 min 05 s", "1 h 02 min"]);
  expect(progressLine("reading", { done: 5, total: undefined, elapsedMs: 4_000 })).toBe("reading 4 s");
});
