import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { traceFormats, writtenFormats } from "./format-names.ts";
import { formatOf, rowReader } from "./trace-format.ts";
import type { RowOutcome } from "./trace-row.ts";
import type { TraceCall } from "./trace-call.ts";
import { TextLines } from "./text-lines.ts";
import { textBytes } from "./trace-bytes.ts";
import { TraceError } from "./trace-error.ts";
import { traceText } from "./trace-text.ts";
import { invocationLog, readText } from "./traces.test.kit.ts";

const headers = ["time,input,output", "timestamp;model;tenant;input;output;max_tokens;priority", "ts\tinput\toutput"];
const cell = fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String), fc.constantFrom('"', '""', "NaN", "-1", "1e999", "2026-01-01T00:00:00Z", "9".repeat(400))); // prettier-ignore
const row = fc
  .array(cell, { maxLength: 8 })
  .chain((cells) => fc.constantFrom(",", ";", "\t").map((by) => cells.join(by)));
const damaged = fc.tuple(fc.nat(2_000), fc.string({ maxLength: 6 }), fc.nat(8)).map(([at, put, cut]) => {
  const log = JSON.stringify(invocationLog());
  return log.slice(0, at % log.length) + put + log.slice((at % log.length) + cut);
});
const odd = fc.json().map((json) => json.replaceAll("\n", " "));
const anyLog = fc.jsonValue().map((input) => JSON.stringify(invocationLog({ input, identity: input, output: input })));
const anyLine = fc.oneof(
  fc.string({ unit: "binary" }),
  row,
  damaged,
  odd,
  anyLog,
  fc.constantFrom(...headers, "SECRET"),
);

it("no line makes a reader throw, and each outcome is whole", () => {
  fc.assert(
    fc.property(fc.constantFrom(...traceFormats), fc.array(anyLine, { maxLength: 6 }), (format, lines) => {
      const reader = rowReader(format, {});
      const outcomes: RowOutcome[] = [];
      for (const line of lines) {
        expect(traceFormats).toContain(formatOf(line));
        reader.read(line, (outcome) => outcomes.push(outcome));
      }
      for (const outcome of outcomes) expectWhole(outcome, Math.max(0, ...lines.map((line) => line.length)));
    }),
    { seed: 8, numRuns: 2_000 },
  );
});

function expectWhole(outcome: RowOutcome, longest: number): void {
  if (outcome.kind === "fault") {
    expect(Number.isInteger(outcome.column) && outcome.column >= 1 && outcome.column <= longest + 1).toBe(true);
    expect(`${outcome.expected}${outcome.found}`).not.toMatch(/SECRET|\n/);
    return;
  }
  if (outcome.kind !== "row") return;
  const { timeMs, inputTokens, outputTokens, maxTokens, priority } = outcome;
  expect([timeMs, inputTokens, outputTokens, maxTokens ?? 1, priority].every(Number.isFinite)).toBe(true);
  expect(Math.min(inputTokens, outputTokens)).toBeGreaterThanOrEqual(0);
}

it("no bytes make a reading throw anything but a TraceError, gzip or not, with calls in order of time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLine, { maxLength: 6 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.boolean(),
      fc.boolean(),
      async (lines, noise, isGzip, skipBadRows) => {
        const text = Buffer.concat([Buffer.from(lines.join("\n")), noise]);
        try {
          const { calls } = await readText(isGzip ? gzipSync(text) : text, { skipBadRows, sortRows: 2 });
          for (const [place, call] of calls.entries())
            expect(call.atMs).toBeGreaterThanOrEqual(calls[place - 1]?.atMs ?? 0);
        } catch (error) {
          expect(error).toBeInstanceOf(TraceError);
          expect(String(error)).not.toMatch(/SECRET/);
        }
      },
    ),
    { seed: 8, numRuns: 300 },
  );
});

it("gzip that is cut or damaged anywhere is told as such, or read as far as it is whole", async () => {
  const whole = gzipSync(`time,input,output\n${"1,2,3\n".repeat(500)}`);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), async (at, byte, isCut) => {
      const bytes = Buffer.from(isCut ? whole.subarray(0, at) : whole);
      if (!isCut) bytes[at] = byte;
      const lines = new TextLines("t");
      async function* once() {
        yield bytes;
      }
      try {
        for await (const piece of textBytes(once(), "t")) lines.push(piece, () => {});
      } catch (error) {
        expect(error).toBeInstanceOf(TraceError);
      }
    }),
    { seed: 8, numRuns: 300 },
  );
});

const name = fc.option(fc.stringMatching(/^[\w.:@/ ,;"'é漢-]{1,20}$/).filter((text) => text.trim() === text), { nil: undefined }); // prettier-ignore
const call: fc.Arbitrary<TraceCall> = fc.record({
  atMs: fc.nat(1e9),
  model: name,
  tenant: name,
  inputTokens: fc.nat(1e6),
  outputTokens: fc.nat(1e6),
  maxTokens: fc.option(fc.integer({ min: 1, max: 1e6 }), { nil: undefined }),
  priority: fc.integer({ min: -9, max: 9 }),
});

it("what is written is read back as it was", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(...writtenFormats),
      async (calls, format) => {
        const sorted = calls.toSorted((one, other) => one.atMs - other.atMs);
        const startMs = sorted[0]?.atMs ?? 0;
        const text = [...traceText(sorted, { format, startMs: Date.UTC(2026, 0) })].join("");

        const read = await readText(text);

        expect(read.calls).toEqual(sorted.map((each) => ({ ...each, atMs: each.atMs - startMs })));
      },
    ),
    { seed: 8, numRuns: 200 },
  );
});

it("a line longer than any row is told, not gathered", () => {
  const lines = new TextLines("t", 100);
  const piece = Buffer.from("x".repeat(60));

  lines.push(piece, () => {});

  expect(() => lines.push(piece, () => {})).toThrow(
    "t:1: expected lines of at most 100 characters, found a longer one",
  );
});

it("cuts lines at the same places however the bytes come, within a letter too", () => {
  const text = "time,tenant\r\n1,漢字\n\n2,é";
  const bytes = Buffer.from(text);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (cuts) => {
      const places = [0, ...cuts.toSorted((one, other) => one - other), bytes.length];
      const lines = new TextLines("t");
      const seen: string[] = [];
      for (const [place, from] of places.entries())
        lines.push(bytes.subarray(from, places[place + 1] ?? from), (line, number) => seen.push(`${number}:${line}`));
      lines.end((line, number) => seen.push(`${number}:${line}`));
      expect(seen).toEqual(["1:time,tenant", "2:1,漢字", "3:", "4:2,é"]);
    }),
    { seed: 8 },
  );
});
