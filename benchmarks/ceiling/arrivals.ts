import { readFileSync } from "node:fs";
import type { Random } from "@shardrock/core";
import { chatSize, poissonGapMs, type TrafficCall } from "@shardrock/simulator";
import TinyQueue from "tinyqueue";

/** A mean rate of quota tokens, and what an output token takes of them. */
export interface Rate {
  readonly tokensPerMs: number;
  readonly burndown: number;
}

/** Calls in order of arrival, without end, at a mean rate. */
export type Arrivals = (rate: Rate, random: Random) => Generator<TrafficCall>;

/** Means of a generated chat call, as `chatSize` draws it. */
const meanInputTokens = 1_161;
const meanOutputTokens = 214;

/** The seeded generator: Poisson arrivals, sizes of real chat. */
export const generated: Arrivals = function* ({ tokensPerMs, burndown }, random) {
  const perMs = tokensPerMs / (meanInputTokens + meanOutputTokens * burndown);
  for (let atMs = 0; ;) {
    atMs += poissonGapMs(perMs, random);
    const { inputTokens, outputTokens } = chatSize(random);
    yield { atMs, inputTokens, outputTokens };
  }
};

/** Length of a burst, as a share of the window: 3 s of a minute. */
const burstLength = 0.05;

/**
 * The same calls crowded at the start of each window, their mean rate unchanged.
 * @param share - load in a burst as a multiple of the mean, 1 up to 20.
 */
export function* bursting(
  calls: Iterable<TrafficCall>,
  { share, windowMs }: { readonly share: number; readonly windowMs: number },
): Generator<TrafficCall> {
  const inBurst = share * burstLength;
  for (const call of calls) {
    const window = Math.floor(call.atMs / windowMs);
    const at = call.atMs / windowMs - window;
    const moved = at < inBurst ? (at / inBurst) * burstLength : 1 - ((1 - at) / (1 - inBurst)) * (1 - burstLength);
    yield { ...call, atMs: (window + moved) * windowMs };
  }
}

/**
 * Replays a trace in the Azure LLM format (`TIMESTAMP,ContextTokens,GeneratedTokens`): as many copies of it as make the
 * rate asked for, evenly out of step and repeated without end, like as many services. One copy alone swings
 * from 0.6 to 1.6 of its mean for minutes, and would show the trace's swing instead of the router's.
 * @throws {Error} naming file and line, when a line cannot be read.
 */
export function traced(file: string): Arrivals {
  const calls = readTrace(file);
  const spanMs = (calls.at(-1)?.atMs ?? 0) * (1 + 1 / calls.length);
  const inputTokens = calls.reduce((sum, call) => sum + call.inputTokens, 0);
  const outputTokens = calls.reduce((sum, call) => sum + call.outputTokens, 0);
  return function* ({ tokensPerMs, burndown }, random) {
    const tokens = inputTokens + outputTokens * burndown;
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
