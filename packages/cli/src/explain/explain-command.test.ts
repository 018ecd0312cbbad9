import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fakeHost } from "../command-line/host.test.kit.ts";
import { main } from "../command-line/main.ts";

const config = `accounts:
  - { id: "111111111111", roleArn: "arn:aws:iam::111111111111:role/r", externalId: "11111111", regions: [us-east-1, eu-west-1] }
  - { id: "222222222222", roleArn: "arn:aws:iam::222222222222:role/r", externalId: "22222222", regions: [us-east-1], weight: 2 }
models:
  chat:
    maxOutputTokens: 5000
    servedBy: [{ id: amazon.nova-pro-v1:0 }]
    quotas:
      tokensPerMinute: 600000
      overrides: [{ account: "111111111111", region: us-east-1, tokensPerMinute: 10000 }]
residency: { allowedRegions: [us-east-1] }
`;

async function explained(text: string, ...argv: readonly string[]) {
  using host = fakeHost();
  writeFileSync(join(host.workingDirectory, "router.yaml"), text);
  const code = await main(["explain", "--config", "router.yaml", ...argv], host);
  return { code, out: host.stdout.text, err: host.stderr.text };
}

it("lists every candidate with headroom, score and reason, the first choice first, and what the rules leave out", async () => {
  const { code, out, err } = await explained(config, "--model", "chat", "--input", "12000", "--max-tokens", "1000");

  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(
    /A call that holds 13000 tokens, on an idle book: 2 candidates, and 1 that the config's rules leave out/,
  );
  expect(out).toMatch(/\n +1 +222222222222 +us-east-1 +runtime +amazon\.nova-pro-v1:0 +100\.0 % +-\d+ +has room now\n/);
  expect(out).toMatch(
    /\n +no +111111111111 +us-east-1 +runtime .*the call takes 13000 tokens, the quota never carries more than 10000\n/,
  );
  expect(out).toMatch(/\n +no +111111111111 +eu-west-1 +runtime .*its source Region eu-west-1 is not allowed/);
});

it("gives the same as JSON", async () => {
  const { out } = await explained(config, "--model", "chat", "--input", "12000", "--max-tokens", "1000", "--json");

  expect(JSON.parse(out)).toMatchObject({
    model: "chat",
    holdTokens: 13_000,
    candidates: [
      { accountId: "222222222222", rank: 1, headroom: 1, reason: "has room now" },
      { accountId: "111111111111", rank: null },
    ],
    refused: [{ rule: "residency" }],
  });
});

it("counts the model's maximum where the call sets none, and says so", async () => {
  const { out, err } = await explained(config, "--model", "chat", "--input", "100", "--json");
  const { maxTokens, holdTokens } = JSON.parse(out) as { maxTokens: number; holdTokens: number };

  expect(err).toBe(`no --max-tokens: AWS holds the model's maximum of ${maxTokens} output tokens\n`);
  expect(holdTokens).toBe(100 + maxTokens);
});

it.each([
  [
    "a model nobody has",
    config,
    ["--model", "chatt", "--input", "1"],
    /No model "chatt" in the config \(did you mean "chat"\?\)/,
  ],
  ["a size that is none", config, ["--model", "chat", "--input", "some"], /--input must be a whole number from 0 up/],
  [
    "a missing size",
    config,
    ["--model", "chat"],
    /required option '--input <n>' not specified[\s\S]*Usage: shardrock explain/,
  ],
  [
    "a mistyped section",
    config.replace("accounts:", "acounts:"),
    ["--model", "chat", "--input", "1"],
    /router\.yaml:1:1 .*acounts/,
  ],
  [
    "a value of the wrong kind",
    config.replace("600000", "lots"),
    ["--model", "chat", "--input", "1"],
    /router\.yaml:9:7 models\.chat\.quotas\.tokensPerMinute/,
  ],
])("says what is wrong with %s, with 2", async (_name, text, argv, says) => {
  const { code, out, err } = await explained(text, ...argv);

  expect(err).toMatch(says);
  expect([code, out]).toEqual([2, ""]);
});
