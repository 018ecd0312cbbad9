import { expect, it } from "vitest";
import { VirtualClock } from "../virtual-clock.ts";
import { Answer } from "./answer.ts";
import { CallTally } from "./call-tally.ts";
import { converseDialect } from "./dialects/converse.ts";
import { RunningCall } from "./running-call.ts";
import { StreamPlay } from "./stream-play.ts";
import { wireOf } from "./stream-wire.ts";
import { Timers } from "../timers.ts";

const generated = {
  modelId: "m",
  requestId: "r",
  createdAtS: 0,
  inputTokens: 5,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 3,
  stopReason: "end_turn",
  latencyMs: 400,
  firstTokenMs: 100,
  parts: ["one", " two", " three"],
} as const;

it("writes each frame at its time, and ends the call before its last frames leave", async () => {
  const clock = new VirtualClock();
  const log: string[] = [];
  const say = (what: string): void => void log.push(`${clock.monotonicMs()} ${what}`);
  const sink = {
    writeHead: (status: number) => say(`status ${status}`),
    write: (bytes: Uint8Array) => say(eventTypesIn(bytes)),
    end: () => say("end"),
    on: () => {},
  };
  const admitted = { kind: "admitted" as const, end: () => say("book ended"), fail: () => say("book failed") };
  const identity = {
    accountId: "1",
    region: "r",
    endpoint: "runtime",
    modelId: "m",
    operation: "ConverseStream",
    requestId: "r",
  } as const;
  const play = new StreamPlay({
    generated,
    dialect: converseDialect,
    wire: wireOf("ConverseStream", "aws"),
    answer: new Answer(sink, undefined, { requestId: "r", clock }),
    call: new RunningCall(admitted, identity, { clock, tally: new CallTally() }),
    fault: undefined,
  });

  play.start(new Timers(clock));
  await clock.advance(1000);

  expect(log).toEqual([
    "100 status 200",
    "100 messageStart contentBlockDelta",
    "200 contentBlockDelta",
    "300 contentBlockDelta",
    "400 book ended",
    "400 contentBlockStop messageStop metadata",
    "400 end",
  ]);
});

function eventTypesIn(bytes: Uint8Array): string {
  const names = /(messageStart|contentBlockDelta|contentBlockStop|messageStop|metadata)(?=\r:content-type)/g;
  return (Buffer.from(bytes).toString("latin1").match(names) ?? []).join(" ");
}
