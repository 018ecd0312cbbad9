import { readFileSync } from "node:fs";
import type { Random } from "@shardrock/core";
import { chatSize, poissonGapMs, type TrafficCall } from "@shardrock/simulator";
import TinyQueue from "tinyqueue";

/** Calls in order of arrival, without end, at a mean rate. */
export type Arrivals = (tokensPerMs: number, random: Random) => Generator<TrafficCall>;

/** Mean tokens of a generated chat call (input 1 161 + output 214), burndown 1. */
const meanChatTokens = 1_375;

/** The seeded generator: Poisson arrivals, sizes of real chat. */
export const generated: Arrivals = function* (tokensPerMs, random) {
  for (let atMs = 0; ;) {
    atMs += poissonGapMs(tokensPerMs / meanChatTokens, random);
    yield { atMs, ...chatSize(random) };
  }
};

/**
 * Replays a trace in the Azure LLM format (`TIMESTAMP,ContextTokens,GeneratedTokens`): as many copies of it as make the
 * rate asked for, evenly out of step and repeated without end, like as many services. One copy alone swings
 * from 0.6 to 1.6 of its mean for minutes, and would show the trace's swing instead of the router's.
 * @throws {Error} naming file and line, when a line cannot be read.
 */
export function traced(file: string): Arrivals {
  const calls = readTrace(file);
  const spanMs = (calls.at(-1)?.atMs ?? 0) * (1 + 1 / calls.length);
  const tokens = calls.reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0);
  return function* (tokensPerMs, random) {
    const copies = Math.max(1, Math.round((tokensPerMs * spanMs) / tokens));
    // What rounding left over: a pace near 1.
    const pace = (tokensPerMs * spanMs) / tokens / copies;
    const shift = random();
    const replays = Array.from({ length: copies }, (_, copy) => replay(calls, spanMs, (copy + shift) / copies));
    const copiesByTime = new TinyQueue(replays.map(advance), (one, other) => one.call.atMs - other.call.atMs);
    for (let first = copiesByTime.pop(); first !== undefined; first = copiesByTime.pop()) {
      yield { ...first.call, atMs: first.call.atMs / pace };
      copiesByTime.push(advance(first.calls));
    }
  };
}

type Replay = Generator<TrafficCall, never>;

/** A copy with the call that comes next in it. */
function advance(calls: Replay): { readonly calls: Replay; readonly call: TrafficCall } {
  return { calls, call: calls.next().value };
}

/** One endless copy, begun at a share of its span; its time starts at 0. */
function* replay(calls: readonly TrafficCall[], spanMs: number, share: number): Replay {
  const startMs = share * spanMs;
  const first = calls.findIndex(({ atMs }) => atMs >= startMs);
  for (let index = Math.max(0, first); ; index += 1) {
    const call = calls[index % calls.length];
    if (call === undefined) throw new RangeError("a trace without calls cannot be replayed");
    yield { ...call, atMs: call.atMs + Math.floor(index / calls.length) * spanMs - startMs };
  }
}

function readTrace(file: string): TrafficCall[] {
  const [header, ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  if (header !== "TIMESTAMP,ContextTokens,GeneratedTokens") {
    throw new Error(`${file}:1: the header must be TIMESTAMP,ContextTokens,GeneratedTokens, got ${header}`);
  }
  if (lines.length < 2) throw new Error(`${file}: a trace needs at least two calls, got ${lines.length}`);
  const calls = lines.map((line, index) => readLine(line, `${file}:${index + 2}`));
  const startMs = calls[0]?.atMs ?? 0;
  return calls.map((call) => ({ ...call, atMs: call.atMs - startMs }));
}

function readLine(line: string, where: string): TrafficCall {
  const [timestamp = "", input = "", output = ""] = line.split(",");
  const atMs = Date.parse(`${timestamp.slice(0, 23).replace(" ", "T")}Z`);
  const call = { atMs, inputTokens: Number(input), outputTokens: Number(output) };
  if (Object.values(call).every((value) => Number.isFinite(value) && value >= 0) && input && output) return call;
  throw new Error(`${where}: want TIMESTAMP,ContextTokens,GeneratedTokens with counts from 0 up, got ${line}`);
}
