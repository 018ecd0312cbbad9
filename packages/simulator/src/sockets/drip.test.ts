import { expect, it } from "vitest";
import { VirtualClock } from "../virtual-clock.ts";
import { Answer } from "./answer.ts";
import { drip } from "./drip.ts";
import { Timers } from "../timers.ts";

it("drips at its pace until the client leaves, and leaves no timer behind", async () => {
  const clock = new VirtualClock();
  const timers = new Timers(clock);
  const writtenAtMs: number[] = [];
  let leave = (): void => {};
  const sink = {
    writeHead: () => undefined,
    write: () => void writtenAtMs.push(clock.monotonicMs()),
    end: () => undefined,
    on: (event: string, listener: () => void) => void (event === "close" && (leave = listener)),
  };
  const answer = new Answer(sink, undefined, { requestId: "r", clock });

  drip(answer, { bytes: Buffer.from(" "), timers, fault: { kind: "drip", everyMs: 10 } });
  await clock.advance(35);
  leave();
  await clock.advance(100);

  expect(writtenAtMs).toEqual([0, 10, 20, 30]);
  expect(timers.open).toBe(0);
});
