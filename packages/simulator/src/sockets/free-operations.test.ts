import { describe, expect, it } from "vitest";
import { converseInput, errorOf, host, modelId, region, startRig } from "./sockets.test.kit.ts";

const { accountId } = host;
const messages = [{ role: "user" as const, content: [{ text: "one two three" }] }];

describe("CountTokens", () => {
  it("counts a Converse request for no quota", async () => {
    await using rig = await startRig();

    const { inputTokens } = await rig.runtime(host).countTokens({
      modelId,
      input: { converse: { messages, system: [{ text: "be brief" }] } },
    });

    expect(inputTokens).toBe(5);
    expect(rig.book.asked).toEqual([]);
  });

  it.each([
    ["anthropic.claude-test-v1:0", { messages: [{ role: "user", content: "one two three" }], system: "be brief" }, 5],
    ["meta.llama3-70b-instruct-v1:0", { prompt: "one two three" }, 3],
    ["arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-text-express-v1", { inputText: "one two" }, 2],
  ])("counts an InvokeModel body of %s", async (id, body, expected) => {
    await using rig = await startRig();

    const input = { invokeModel: { body: Buffer.from(JSON.stringify(body)) } };
    const { inputTokens } = await rig.runtime(host).countTokens({ modelId: id, input });

    expect(inputTokens).toBe(expected);
  });

  it("says as many as the call then uses", async () => {
    await using rig = await startRig();
    const client = rig.runtime(host);

    const { inputTokens } = await client.countTokens({ modelId, input: { converse: converseInput(3) } });
    const { usage } = await client.converse(converseInput(3));

    expect(inputTokens).toBe(usage?.inputTokens);
  });

  it.each([
    "us.anthropic.claude-test-v1:0",
    "global.anthropic.claude-test-v1:0",
    "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc",
  ])("does not take the profile %s", async (id) => {
    await using rig = await startRig();

    const error = await errorOf(rig.runtime(host).countTokens({ modelId: id, input: { converse: { messages } } }));

    expect(error).toMatchObject({ name: "ValidationException", $metadata: { httpStatusCode: 400 } });
  });

  it("breaks as the fault hook says, and is on record", async () => {
    const fault = { kind: "error", status: 429, type: "ThrottlingException", message: "told to" } as const;
    await using rig = await startRig({ fault: ({ operation }) => (operation === "CountTokens" ? fault : undefined) });
    const record = rig.nextRecord();

    const error = await errorOf(rig.runtime(host).countTokens({ modelId, input: { converse: { messages } } }));

    expect(error.name).toBe("ThrottlingException");
    expect(await record).toMatchObject({ operation: "CountTokens", modelId, outcome: "failed", settledTokens: 0 });
  });
});

describe("a guardrail", () => {
  const guardrail = { accountId, region, id: "gr1", blockedWords: ["Secret"], blockedMessage: "No." };
  const others = { accountId: "111122223333", region, id: "theirs" };
  const guardrails = [guardrail, others];
  const apply = { guardrailIdentifier: "gr1", guardrailVersion: "1", source: "INPUT" } as const;

  it("lets harmless text pass", async () => {
    await using rig = await startRig({ guardrails });

    const answer = await rig.runtime(host).applyGuardrail({ ...apply, content: [{ text: { text: "hello" } }] });

    expect(answer).toMatchObject({ action: "NONE", outputs: [], usage: { wordPolicyUnits: 1 } });
    expect(rig.book.asked).toEqual([]);
  });

  it("blocks its words, and says which", async () => {
    await using rig = await startRig({ guardrails });

    const content = [{ text: { text: "hello" } }, { text: { text: "the secret plan" } }];
    const answer = await rig.runtime(host).applyGuardrail({ ...apply, content });

    expect(answer).toMatchObject({
      action: "GUARDRAIL_INTERVENED",
      outputs: [{ text: "No." }],
      assessments: [{ wordPolicy: { customWords: [{ match: "Secret", action: "BLOCKED", detected: true }] } }],
    });
  });

  it.each([
    ["another id", { guardrailIdentifier: "gr2" }, region],
    ["another version", { guardrailVersion: "2" }, region],
    ["another Region", {}, "us-east-1"],
    [
      "the ARN of another account",
      { guardrailIdentifier: `arn:aws:bedrock:${region}:111122223333:guardrail/theirs` },
      region,
    ],
    [
      "the ARN of another Region",
      { guardrailIdentifier: `arn:aws:bedrock:${region}:${accountId}:guardrail/gr1` },
      "us-east-1",
    ],
  ])("is not found under %s", async (_, change, where) => {
    await using rig = await startRig({ guardrails });

    const client = rig.runtime(host, { region: where });
    const error = await errorOf(client.applyGuardrail({ ...apply, ...change, content: [{ text: { text: "hi" } }] }));

    expect(error).toMatchObject({ name: "ResourceNotFoundException", $metadata: { httpStatusCode: 404 } });
  });

  it("is not found by a caller of another account", async () => {
    await using rig = await startRig({ guardrails });

    const client = rig.runtime(await rig.session());
    const error = await errorOf(client.applyGuardrail({ ...apply, content: [{ text: { text: "hi" } }] }));

    expect(error.name).toBe("ResourceNotFoundException");
  });

  it("is found by its ARN", async () => {
    await using rig = await startRig({ guardrails });
    const guardrailIdentifier = `arn:aws:bedrock:${region}:${accountId}:guardrail/gr1`;

    const answer = await rig
      .runtime(host)
      .applyGuardrail({ ...apply, guardrailIdentifier, content: [{ text: { text: "hi" } }] });

    expect(answer.action).toBe("NONE");
  });

  it("may be named by the calls of its own account and Region only", async () => {
    await using rig = await startRig({ guardrails });
    const guardrailConfig = { guardrailIdentifier: "gr1", guardrailVersion: "1" };
    const input = { ...converseInput(3), guardrailConfig };

    await rig.runtime(host).converse(input);
    const elsewhere = await errorOf(rig.runtime(host, { region: "us-east-1" }).converse(input));
    const others = await errorOf(rig.runtime(await rig.session()).converseStream(input));

    expect(elsewhere).toMatchObject({
      name: "ValidationException",
      message: "The guardrail identifier or version provided in the request does not exist.",
    });
    expect(others.name).toBe("ValidationException");
    expect(rig.book.asked).toHaveLength(1);
  });

  it("may be named by InvokeModel too", async () => {
    await using rig = await startRig({ guardrails });
    const body = JSON.stringify({ max_tokens: 9, messages: [{ role: "user", content: "hi" }] });
    const client = rig.runtime(host);

    await client.invokeModel({ modelId, body, guardrailIdentifier: "gr1", guardrailVersion: "DRAFT" });
    const error = await errorOf(
      client.invokeModel({ modelId, body, guardrailIdentifier: "gr1", guardrailVersion: "7" }),
    );

    expect(error.name).toBe("ValidationException");
    expect(rig.book.asked).toHaveLength(1);
  });
});
