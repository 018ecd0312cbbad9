import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError } from "./error.ts";
import { parseConfigText } from "./text.ts";
import { parseConfig } from "./parse.ts";
import { exampleConfig } from "../testing/example-config.test.kit.ts";
import { loadConfig } from "./load.ts";

const yaml = `
accounts:
  - id: "111111111111"
    roleArn: arn:aws:iam::111111111111:role/shardrock
    externalId: an-external-id
    regions: &regions [us-east-1, us-west-2]
  - id: "222222222222"
    roleArn: arn:aws:iam::222222222222:role/shardrock
    externalId: an-external-id
    regions: *regions
models:
  sonnet:
    servedBy:
      - id: us.anthropic.claude-sonnet-4-6
        destinations: &us [us-east-1, us-east-2, us-west-2]
    quotas:
      tokensPerMinute: 2000000
residency:
  allowedRegions: *us
`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shardrock-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileWith(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

function problemsOf(text: string): readonly string[] {
  try {
    parseConfigText(text, "f.yaml");
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n").slice(1);
    throw error;
  }
  return [];
}

describe("a config file", () => {
  it("means the same in YAML, JSON and TypeScript", async () => {
    const expected = parseConfig(exampleConfig());

    expect(await loadConfig(await fileWith("a.yaml", yaml))).toEqual(expected);
    expect(await loadConfig(await fileWith("a.yml", `\uFEFF${yaml}`))).toEqual(expected);
    expect(await loadConfig(await fileWith("a.json", JSON.stringify(exampleConfig())))).toEqual(expected);
    expect(await loadConfig(await fileWith("b.json", JSON.stringify(exampleConfig(), undefined, "\t")))).toEqual(
      expected,
    );
  });

  it("may leave quotas and ids to AWS where AWS is asked, and only there", async () => {
    const bare = yaml.replace(/ {4}servedBy:[\s\S]*tokensPerMinute: 2000000/, "    model: anthropic.claude-sonnet-4-6");
    const path = await fileWith("found.yaml", bare.replace("*us", "[us-east-1]"));

    const config = await loadConfig(path, { asksAws: true });

    expect(config.models.get("sonnet")?.model).toBe("anthropic.claude-sonnet-4-6");
    await expect(loadConfig(path)).rejects.toThrow("needs a client that finds its ids");
  });

  it("names its schema for editors without being refused", () => {
    expect(problemsOf(`$schema: ./shardrock.schema.json\n${yaml}`)).toEqual([]);
  });

  it.each([
    [
      'id: "111111111111"',
      "id: 111111111111",
      'f.yaml:3:5 accounts[0].id: must be 12 digits in quotes; unquoted it is a number, so quote it: "111111111111"',
    ],
    ['id: "111111111111"', "id: 011111111111", 'so quote it: "011111111111"'],
    [
      "tokensPerMinute: 2000000",
      "tokenPerMinute: 2000000",
      'f.yaml:17:7 models.sonnet.quotas.tokenPerMinute: is not an option (did you mean "tokensPerMinute"?)',
    ],
    [
      "roleArn: arn:aws:iam::222222222222:role/shardrock",
      "drained: false",
      "f.yaml:7:5 accounts[1].roleArn: is missing; it must be a role ARN such as",
    ],
    [
      "[us-east-1, us-west-2]",
      "[us-east-1, us_west_2]",
      'f.yaml:6:35 accounts[0].regions[1]: must be a Region such as us-east-1, not the name of a geography, got "us_west_2"',
    ],
    [
      "[us-east-1, us-east-2, us-west-2]",
      "[eu-west-1]",
      "f.yaml:12:3 models.sonnet: has no target that residency.allowedRegions lets run",
    ],
    [
      "tokensPerMinute: 2000000",
      'overrides: [{ account: "111111111111", tokensPerMinute: 1 }]',
      "f.yaml:16:5 models.sonnet.quotas: gives no limit for account 222222222222",
    ],
    ["residency:", "models: {}\nresidency:", "f.yaml:18:1: Map keys must be unique"],
    ["residency:", "__proto__: {}\nresidency:", "f.yaml:18:1 __proto__: is a key no config may have"],
    ["externalId: an-external-id", "externalId: !secret an-external-id", "f.yaml:5:17: Unresolved tag"],
    ["allowedRegions: *us", "allowedRegions: *eu", "f.yaml: has aliases without anchors, or more than 100 of them"],
    ["residency:", "---\nresidency:", "f.yaml:18:1: Source contains multiple documents"],
    ["residency:", "? [a]\n: b\nresidency:", "f.yaml:18:3: With stringKeys, all keys must be strings"],
  ])("with %s changed to %s is refused by line and column", (from, to, problem) => {
    expect(problemsOf(yaml.replace(from, to)).join("\n")).toContain(problem);
  });

  it("shows its problems in the order of its lines", () => {
    const text = yaml
      .replace('"222222222222"', "2")
      .replace("tokensPerMinute: 2000000", "x: 1")
      .replace("*regions", "[]");

    expect(problemsOf(text).map((line) => line.split(" ")[0])).toEqual([
      "f.yaml:7:5",
      "f.yaml:10:5",
      "f.yaml:16:5",
      "f.yaml:17:7",
    ]);
  });

  it("may be empty, and is told what it lacks", () => {
    expect(problemsOf("")).toEqual(["f.yaml:1:1: must be a group of options, got nothing (null)"]);
  });

  it("cannot blow up through aliases", () => {
    const layers = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`);

    expect(problemsOf(`a0: &a0 [x]\n${layers.join("\n")}`).join()).toContain("more than 100 of them");
  });

  it("cannot overflow the stack", () => {
    expect(problemsOf("[".repeat(100_000)).length).toBeLessThanOrEqual(10);
  });

  it.each([
    'externalId: "hunter2',
    "externalId: 'hunter2'x",
    "externalId: [hunter2",
    '{"externalId": "hunter2" "x": 1}',
    "externalId: %hunter2",
    "externalId: @hunter2",
    "externalId: |hunter2",
    "externalId: >9 hunter2",
    'externalId: "\\xhunter2"',
    "externalId: !hunter2 x",
  ])("with the fault %s does not show its secret", (text) => {
    const problems = problemsOf(text);

    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join()).not.toContain("hunter2");
  });

  it.each([
    ["is not there", async () => join(folder, "absent.yaml"), "cannot be read: ENOENT"],
    ["is a folder", async () => folder, "must end in .yaml, .yml, .json"],
    ["is code", async () => fileWith("a.js", "module.exports = {}"), "must end in .yaml, .yml, .json"],
    [
      "is larger than 1 MiB",
      async () => fileWith("big.yaml", `#${"x".repeat(2 ** 20)}`),
      "must be at most 1048576 bytes",
    ],
    ["is not text", async () => fileWith("binary.yaml", Uint8Array.of(0xff, 0xfe, 0x00)), "must be UTF-8 text"],
  ])("that %s is refused", async (_, path, problem) => {
    await expect(async () => loadConfig(await path())).rejects.toThrow(problem);
  });
});
