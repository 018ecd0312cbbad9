import { expect, it } from "vitest";
import { withoutStackTraces } from "./stack-traces.ts";

it("gives errors their stacks back after works that overlap, whichever ends last", async () => {
  const before = Error.stackTraceLimit;
  const ends: (() => void)[] = [];
  const work = (): Promise<void> => withoutStackTraces(() => new Promise((resolve) => void ends.push(resolve)));

  const [first, second] = [work(), work()];
  const during = new Error("refused").stack;
  ends[0]?.();
  await first;
  const between = Error.stackTraceLimit;
  ends[1]?.();
  await second;

  expect(during).toBe("Error: refused");
  expect(between).toBe(0);
  expect(Error.stackTraceLimit).toBe(before);
});

it("gives errors their stacks back after a work that failed", async () => {
  const before = Error.stackTraceLimit;

  await expect(withoutStackTraces(() => Promise.reject(new Error("no")))).rejects.toThrow("no");

  expect(Error.stackTraceLimit).toBe(before);
});
