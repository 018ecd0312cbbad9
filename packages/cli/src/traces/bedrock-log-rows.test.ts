import { expect, it } from "vitest";
import { TraceError } from "./trace-error.ts";
import { invocationLog, readText } from "./traces.test.kit.ts";

const line = (changes: object = {}): string => JSON.stringify(invocationLog(changes));

it("takes counts, names and the time out of a record, and nothing of its content", async () => {
  const { calls, counts } = await readText(line());

  expect(calls).toEqual([
    {
      atMs: 0,
      model: "us.anthropic.claude-sonnet-4-6",
      tenant: "chat-backend",
      inputTokens: 42,
      outputTokens: 38,
      maxTokens: 512,
      priority: 0,
    },
  ]);
  expect(counts).toMatchObject({ formats: ["bedrock"], startMs: Date.UTC(2025, 2, 11, 0, 38, 2) });
});

const inside = line();
it.each([
  ["CloudWatch's export to S3", `2025-03-11T00:38:02.123Z ${inside}`],
  ["an event of filter-log-events", JSON.stringify({ timestamp: 1, message: inside, ingestionTime: 2, eventId: "x" })],
  ["a result of Logs Insights", JSON.stringify({ "@timestamp": "2025-03-11 00:38:02.000", "@message": inside })],
  [
    "a subscription's data message",
    JSON.stringify({
      messageType: "DATA_MESSAGE",
      logGroup: "g",
      logEvents: [{ id: "1", timestamp: 1, message: inside }],
    }),
  ],
])("reads it as %s hands it on", async (_name, text) => {
  expect((await readText(text)).calls).toEqual((await readText(inside)).calls);
});

it("reads every event of a subscription's data message", async () => {
  const events = ["2025-03-11T00:00:00Z", "2025-03-11T00:00:03Z"].map((timestamp) => ({
    message: line({ timestamp }),
  }));

  const { calls } = await readText(JSON.stringify({ messageType: "DATA_MESSAGE", logEvents: events }));

  expect(calls.map(({ atMs }) => atMs)).toEqual([0, 3_000]);
});

it.each([
  ["a role", "arn:aws:sts::1:assumed-role/batch/session-1", "batch"],
  ["a user in a path", "arn:aws:iam::111111111111:user/team/ada", "ada"],
  ["the root", "arn:aws:iam::111111111111:root", "root"],
  ["another partition", "arn:aws-us-gov:sts::1:assumed-role/gov/s", "gov"],
  ["nobody", undefined, undefined],
])("names %s as the tenant", async (_name, arn, tenant) => {
  const { calls } = await readText(line({ identity: arn === undefined ? {} : { arn } }));

  expect(calls[0]?.tenant).toBe(tenant);
});

it("names the tenant by a key of the request metadata when asked to", async () => {
  const { calls } = await readText(line({ requestMetadata: { team: "search" } }), { tenantKey: "team" });

  expect(calls[0]?.tenant).toBe("search");
});

it.each([
  ["Converse", { inferenceConfig: { maxTokens: 7 } }],
  ["Claude", { max_tokens: 7, anthropic_version: "bedrock-2023-05-31" }],
  ["Nova", { inferenceConfig: { max_new_tokens: 7 } }],
  ["Llama", { max_gen_len: 7 }],
  ["Titan", { textGenerationConfig: { maxTokenCount: 7 } }],
])("finds the maximum of tokens in a request of %s", async (_name, inputBodyJson) => {
  const { calls } = await readText(line({ input: { inputTokenCount: 1, inputBodyJson } }));

  expect(calls[0]?.maxTokens).toBe(7);
});

it("tells no maximum where the log holds no body, and no output where nothing was generated", async () => {
  const { calls } = await readText(line({ input: { inputTokenCount: 5, inputBodyS3Path: "s3://x" }, output: {} }));

  expect(calls[0]).toMatchObject({ inputTokens: 5, outputTokens: 0, maxTokens: undefined });
});

it("keeps an application profile's ARN, and makes a model's ARN its id", async () => {
  const application = "arn:aws:bedrock:us-east-1:111111111111:application-inference-profile/abc";
  const model = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";

  const { calls } = await readText([application, model].map((modelId) => line({ modelId })).join("\n"));

  expect(calls.map((call) => call.model)).toEqual([application, "amazon.nova-lite-v1:0"]);
});

it("leaves out and counts calls that failed and calls without token counts", async () => {
  const { counts } = await readText(
    [line(), line({ errorCode: "ThrottlingException", output: undefined }), line({ input: {}, output: {} })].join("\n"),
  );

  expect(counts).toMatchObject({ calls: 1, failedCalls: 1, uncountedCalls: 1, badRows: 0 });
});

it.each([
  ["another record", JSON.stringify({ eventName: "InvokeModel", secret: "SECRET-PROMPT" })],
  ["a time that is none", line({ timestamp: "SECRET-PROMPT" })],
  ["a model that is none", line({ modelId: 7 })],
  ["an output that is no count", line({ output: { outputTokenCount: "SECRET-PROMPT" } })],
  ["text that is no JSON", "SECRET-PROMPT"],
  ["text that breaks off", line().slice(0, -5)],
  ["an event that holds no record", JSON.stringify({ message: "SECRET-PROMPT" })],
])("says where %s stands and shows none of it", async (_name, bad) => {
  const error: unknown = await readText(`${line()}\n${bad}\n`).catch((error: unknown) => error);

  expect(error).toBeInstanceOf(TraceError);
  expect((error as TraceError).message).toMatch(/^t:2:\d+: expected /);
  expect(JSON.stringify([(error as Error).message, (error as Error).stack, error, String((error as Error).cause)])).not.toMatch(/SECRET/); // prettier-ignore
});
