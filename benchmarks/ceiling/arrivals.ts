import { readFileSync } from "node:fs";
import type { Random } from "@shardrock/core";
import { chatSize, poissonGapMs, type TrafficCall } from "@shardrock/simulator";

/** Calls in order of arrival, without end, at a mean rate. */
export type Arrivals = (tokensPerMs: number, random: Random) => Generator<TrafficCall>;

/** Mean tokens of a generated chat call (input 1 161 + output 214), burndown 1. */
const meanChatTokens = 1_375;

/** The seeded generator: Poisson arrivals, sizes of real chat. */
export const generated: Arrivals = function* (tokensPerMs, random) {
  for (let atMs = 0; ; ) {
    atMs += poissonGapMs(tokensPerMs / meanChatTokens, random);
    yield { atMs, ...chatSize(random) };
  }
};

/**
 * Replays a trace in the Azure LLM format (`TIMESTAMP,ContextTokens,GeneratedTokens`), compressed in time to the rate
 * asked for and repeated without end; each run starts at another call of it.
 * @throws {Error} naming file and line, when a line cannot be read.
 */
export function traced(file: string): Arrivals {
  const calls = readTrace(file);
  const spanMs = (calls.at(-1)?.atMs ?? 0) * (1 + 1 / calls.length);
  const tokens = calls.reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0);
  return function* (tokensPerMs, random) {
    const stretch = tokens / tokensPerMs / spanMs;
    const first = Math.floor(random() * calls.length);
    const startMs = calls[first]?.atMs ?? 0;
    for (let index = first; ; index += 1) {
      const call = calls[index % calls.length];
      if (call === undefined) return;
      const atMs = (call.atMs + Math.floor(index / calls.length) * spanMs - startMs) * stretch;
      yield { ...call, atMs };
    }
  };
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
