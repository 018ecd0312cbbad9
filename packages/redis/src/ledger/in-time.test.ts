import { describe, expect, it } from "vitest";
import { ManualClock, settleDown } from "../testing/manual-clock.test.kit.ts";
import { inTime } from "./in-time.ts";

/** A clock of a process that stands still: its timers ring when it goes again. */
class StallingClock extends ManualClock {
  stalledMs = 0;

  override monotonicMs(): number {
    return super.monotonicMs() + this.stalledMs;
  }
}

describe("an answer that is waited for", () => {
  it("is in time when it lay unread while this process stood still", async () => {
    const clock = new StallingClock();
    const answered = new Promise<string>((resolve) => void clock.timer(51, () => resolve("here")));
    const waited = inTime(answered, { clock, ms: 50 });

    clock.stalledMs = 30; // the timer of 50 ms rings at 80
    await clock.advance(60);

    expect(await waited).toBe("here");
    expect(clock.pending).toBe(0);
  });

  it("is late soon after this process goes again when none lies there", async () => {
    const clock = new StallingClock();
    let outcome: string | undefined;
    void inTime(new Promise<string>(() => {}), { clock, ms: 50 }).then((end) => (outcome = end));

    clock.stalledMs = 30;
    await clock.advance(51); // one more turn
    await settleDown();

    expect(outcome).toBe("late");
    expect(clock.pending).toBe(0);
  });
});
