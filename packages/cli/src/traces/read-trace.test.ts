import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTrace } from "./read-trace.ts";
import { TraceError } from "./trace-error.ts";
import { gzipped, invocationLog, readPath, readText } from "./traces.test.kit.ts";

const azure = `TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:15:46.6805900,374,44
2023-11-16 18:15:50.9951690,396,109
2023-11-16 18:15:51.2224670,879,55`;

const generic = `timestamp,model,tenant,input,output,max_tokens,priority
2026-01-01T00:00:00Z,chat,"web, new",100,20,1000,2
2026-01-01T00:00:01.5+00:00,,,7,0,,
`;

describe("a trace in a table", () => {
  it("is read as Azure publishes it, to the fraction of a millisecond", async () => {
    const { calls, counts } = await readText(azure);

    expect(calls.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens])).toEqual([[374, 44], [396, 109], [879, 55]]); // prettier-ignore
    expect(calls[0]).toEqual({
      atMs: 0,
      model: undefined,
      tenant: undefined,
      inputTokens: 374,
      outputTokens: 44,
      maxTokens: undefined,
      priority: 0,
    });
    expect(calls[1]?.atMs).toBeCloseTo(4_314.579, 3);
    expect(counts).toMatchObject({ calls: 3, formats: ["csv"], badRows: 0 });
  });

  it("tells model, tenant, maximum and priority where it has them; what is empty is not told", async () => {
    const { calls } = await readText(generic);

    expect(calls).toEqual([
      { atMs: 0, model: "chat", tenant: "web, new", inputTokens: 100, outputTokens: 20, maxTokens: 1_000, priority: 2 },
      { atMs: 1_500, model: undefined, tenant: undefined, inputTokens: 7, outputTokens: 0, maxTokens: undefined, priority: 0 }, // prettier-ignore
    ]);
  });

  it.each([
    ["Request Time;Prompt Tokens;Completion Tokens", "2026-01-01 00:00:00;1;2"],
    ["ts\tnum_prefill_tokens\tnum_decode_tokens", "0.5\t1\t2"],
    ['"Timestamp","Model","Request tokens","Response tokens","Total tokens"', '5,"GPT-4",1,2,3'],
    ["at_ms,inputTokens,outputTokens,maxOutputTokens", "12.5,1.0,2.0,"],
    ["arrived_at,input_length,output_length\r", "1763900000000,1,2\r"],
    ["\ufefftime,input,output", "2026-01-01T00:00Z,1,2"],
  ])("is understood under the header %j", async (header, row) => {
    const { calls } = await readText(`${header}\n\n${row}\n`);

    expect(calls).toMatchObject([{ atMs: 0, inputTokens: 1, outputTokens: 2 }]);
  });

  it.each([
    ["whole seconds since 1970", "1763900000", "1763900002", 2_000],
    ["milliseconds since 1970", "1763900000000", "1763900002000", 2_000],
    ["microseconds since 1970", "1763900000000000", "1763900002000000", 2_000],
    ["nanoseconds since 1970", "1763900000000000000", "1763900002000000000", 2_000],
    ["seconds since it began", "0.25", "2.25", 2_000],
    ["zones", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:02Z", 2_000],
  ])("counts time in %s", async (_name, first, second, atMs) => {
    const { calls } = await readText(`time,input,output\n${first},1,1\n${second},1,1\n`);

    expect(calls[1]?.atMs).toBe(atMs);
  });

  it("counts time in the unit that was told", async () => {
    const { calls } = await readText("time,input,output\n1,1,1\n3,1,1\n", { timeUnit: "ms" });

    expect(calls[1]?.atMs).toBe(2);
  });
});

it("reads flat JSON lines, whatever else they hold and though some leave fields out", async () => {
  const { calls, counts } = await readText(
    [
      '{"timestamp":"2026-01-01T00:00:00Z","input_tokens":1,"output_tokens":2,"model":"chat","prompt":"SECRET"}',
      '{"timestamp":"2026-01-01T00:00:01Z","input_tokens":3,"output_tokens":4,"tenant":"a","priority":-1}',
      '{"max_tokens":9,"output_tokens":6,"input_tokens":5,"timestamp":"2026-01-01T00:00:02Z","model":null}',
    ].join("\n"),
  );

  expect(calls).toMatchObject([
    { inputTokens: 1, outputTokens: 2, model: "chat", tenant: undefined },
    { inputTokens: 3, outputTokens: 4, model: undefined, tenant: "a", priority: -1 },
    { inputTokens: 5, outputTokens: 6, maxTokens: 9 },
  ]);
  expect(counts.formats).toEqual(["jsonl"]);
  expect(JSON.stringify(calls)).not.toContain("SECRET");
});

it.each([
  ["a table", azure],
  ["JSON lines", '{"time":1,"input":1,"output":1}\n'],
])("knows gzip of %s by its content", async (_name, text) => {
  expect(await readText(gzipped(text))).toEqual(await readText(text));
});

it("reads several gzip members in one file as S3 multipart uploads leave them", async () => {
  const parts = Buffer.concat([gzipped("time,input,output\n1,1,1\n"), gzipped("2,2,2\n")]);

  expect((await readText(parts)).calls).toHaveLength(2);
});

it.each([
  [
    "a count that is none",
    "time,input,output\n1,1,1\n2,twelve,1\n",
    't:3:3: expected the input tokens: a whole number from 0 up, found "twelve"',
  ],
  [
    "a fraction of a token",
    "time,input,output\n1,1,1.5\n",
    't:2:5: expected the output tokens: a whole number from 0 up, found "1.5"',
  ],
  ["a time that is none", "time,input,output\nnoon,1,1\n", "t:2:1: expected the time: a time: ISO 8601"],
  ["the 31st of February", "time,input,output\n2026-02-31T00:00:00Z,1,1\n", "t:2:1: expected the time"],
  [
    "a maximum of 0",
    "time,input,output,max_tokens\n1,1,1,0\n",
    "t:2:7: expected max_tokens: a whole number from 1 up, or nothing",
  ],
  ["a column too few", "time,input,output\n1,1\n", "t:2:4: expected 3 columns, as the first line has, found 2"],
  ["a column too many", "time,input,output\n1,1,1,1\n", "t:2:7: expected 3 columns, as the first line has, found 4"],
  ["quotes left open", 'time,tenant,input,output\n1,"web,1,1\n', "t:2:3: expected quotes that open"],
  ["no header", "1,2,3\n4,5,6\n", "t:1:1: expected columns for the time, the input and the output tokens"],
  [
    "JSON that breaks off",
    '{"time":1,"input":1,"output":1}\n{"time":2,"input":1,\n',
    "t:2:21: expected one JSON object on a line",
  ],
  ["a JSON list", '{"time":1,"input":1,"output":1}\n[1]\n', "t:2:1: expected one JSON object on a line, found a list"],
  [
    "a JSON field of the wrong kind",
    '{"time":1,"input":"many","output":1}\n',
    't:1:11: expected the input tokens: a whole number from 0 up, found "many"',
  ],
  [
    "a JSON field that is missing",
    '{"time":1,"input":1,"output":1}\n{"time":1,"input":1}\n',
    "t:2:1: expected the output tokens: a whole number from 0 up, found nothing",
  ],
  ["JSON of something else", '{"a":1}\n', "t:1:1: expected columns for"],
  ["nothing", "", "t: expected at least one call, found none"],
  ["a header alone", "time,input,output\n", "t: expected at least one call, found none"],
  ["binary data", "\u0000\u0001\u0002\u0003", "t: expected UTF-8 text or gzip of it, found binary data"],
  ["a zip archive", "PK\u0003\u0004....", "t: expected UTF-8 text or gzip of it, found a zip archive"],
])("says where and what was expected: %s", async (_name, text, says) => {
  const error: unknown = await readText(text).catch((error: unknown) => error);

  expect(error).toBeInstanceOf(TraceError);
  expect((error as TraceError).message).toContain(says);
});

it.each([
  ["breaks off", gzipped(azure).subarray(0, 60), "data that ends too early"],
  ["is damaged", Buffer.concat([gzipped(azure).subarray(0, -8), Buffer.alloc(8, 7)]), "damaged data"],
])("says so when gzip %s", async (_name, bytes, found) => {
  await expect(readText(bytes)).rejects.toThrow(`t: expected whole gzip data, found ${found}`);
});

it("counts bad rows instead when asked to, but not a header nobody understands", async () => {
  const { calls, counts } = await readText("time,input,output\n1,1,1\nx,1,1\n2,1\n3,1,1\n", { skipBadRows: true });

  expect(calls).toHaveLength(2);
  expect(counts.badRows).toBe(2);
  await expect(readText("1,2,3\n4,5,6\n", { skipBadRows: true })).rejects.toThrow("t:1:1: expected columns");
});

it("never quotes what may be content in an error", async () => {
  const secret = "illness, and what to do about it";
  const texts = [
    `time,input,output\n1,${secret},1\n`,
    `{"time":1,"input":"${secret}","output":1}`,
    `{"time":1,"input":1,"output":1}\n{"prompt":"${secret}" "x"}`,
    `${secret}\n`,
    `{"time":1,"input":1,"output":1}\n${secret}`,
  ];

  for (const text of texts) {
    const error: unknown = await readText(text).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TraceError);
    expect(JSON.stringify([(error as Error).message, (error as Error).cause ?? "", error])).not.toContain("illn");
  }
});

describe("rows out of order", () => {
  const rows = [5, 1, 4, 2, 3].map((time) => `${time},${time},0\n`).join("");

  it("are put in order within a window", async () => {
    const { calls } = await readText(`time,input,output\n${rows}`, { sortRows: 4 });

    expect(calls.map(({ inputTokens }) => inputTokens)).toEqual([1, 2, 3, 4, 5]);
    expect(calls.map(({ atMs }) => atMs)).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  });

  it("are told with their line when the window is too small, and what to do", async () => {
    // Longer than what is read at once, so that the first rows are handed out before the late one comes.
    const many = Array.from({ length: 60_000 }, (_, place) => `${place + 10},1,0\n`).join("");

    await expect(readText(`time,input,output\n${many}1,1,0\n`, { sortRows: 100 })).rejects.toThrow(
      /^t:60002:1: expected rows at most 100 rows out of order \(sort the file by time, or raise --sort-rows\), found one that is \d+ ms earlier/,
    );
  });

  it("keep their order where times are equal", async () => {
    const { calls } = await readText("time,input,output\n2,1,0\n1,2,0\n2,3,0\n1,4,0\n");

    expect(calls.map(({ inputTokens }) => inputTokens)).toEqual([2, 4, 1, 3]);
  });
});

it("reads a folder of logs of several accounts by the time in their names, and nothing that lies beside them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "shardrock-logs-"));
  const put = (path: string, text: string | Uint8Array) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const at = (timestamp: string) => gzipped(`${JSON.stringify(invocationLog({ timestamp }))}\n`);
  put("AWSLogs/2/BedrockModelInvocationLogs/us-east-1/2026/01/01/00/20260101T000100Z_b.json.gz", at("2026-01-01T00:01:00Z")); // prettier-ignore
  put("AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/01/01/00/20260101T000000Z_a.json.gz", at("2026-01-01T00:00:00Z")); // prettier-ignore
  put("AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/01/01/00/20260101T000200Z_c.json.gz", at("2026-01-01T00:02:00Z")); // prettier-ignore
  put("AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/01/01/00/data/x_input.json.gz", gzipped("{}"));
  put("AWSLogs/1/BedrockModelInvocationLogs/amazon-bedrock-logs-permission-check", "");

  const { calls, counts } = await readPath(folder, { sortRows: 0 });

  expect(calls.map(({ atMs }) => atMs)).toEqual([0, 60_000, 120_000]);
  expect(counts.formats).toEqual(["bedrock"]);
});

it("tells how many bytes it has read, and of how many", async () => {
  const told: (readonly [number, number])[] = [];

  await readText(azure, { onBytes: (done, total) => told.push([done, total]) });

  expect(told.at(-1)).toEqual([azure.length, azure.length]);
});

it("ends when it is interrupted", async () => {
  const controller = new AbortController();
  const path = join(mkdtempSync(join(tmpdir(), "shardrock-trace-")), "t");
  writeFileSync(path, `time,input,output\n${"1,1,1\n".repeat(200_000)}`);
  const reading = readTrace(path, { signal: controller.signal, sortRows: 0 });

  await expect(async () => {
    for await (const batch of reading.batches()) if (batch.length > 0) controller.abort(new Error("stop"));
  }).rejects.toThrow(/abort|stop/);
  expect(reading.counts.calls).toBeLessThan(200_000);
});

it("says of a path that is not there what the file system says", async () => {
  await expect(readPath("/no/such/trace.csv")).rejects.toMatchObject({ code: "ENOENT", path: "/no/such/trace.csv" });
});

it("hands out the first calls long before it has read the last, holding back no more than it was told", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "shardrock-trace-")), "t");
  writeFileSync(
    path,
    `time,input,output\n${Array.from({ length: 400_000 }, (_, second) => `${second},1,1\n`).join("")}`,
  );
  let share = 0;
  const reading = readTrace(path, { sortRows: 1_000, onBytes: (done, total) => (share = done / total) });

  for await (const batch of reading.batches()) if (batch.length > 0) break;

  expect(share).toBeLessThan(0.5);
});
