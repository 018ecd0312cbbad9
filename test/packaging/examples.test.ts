import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { hasRedisServer } from "../../benchmarks/redis/redis-server.ts";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const onSources = ["--import", "tsx", "--conditions=@shardrock/source"];
const run = promisify(execFile);

async function output(args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [...onSources, ...args], { cwd: examples });
  return stdout;
}

// Examples wait more than they work, so they run side by side.
describe.concurrent("what a newcomer tries", () => {
  it("the README's example runs as it stands, in about ten lines", async () => {
    const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];

    expect(await output(["--input-type=module", "--eval", code])).toMatch(/^\d+ tokens from account [12]{12}\n$/);
    expect(code.split("\n").filter((line) => line !== "" && !line.startsWith("//")).length).toBeLessThanOrEqual(12);
  }, 30_000);

  it.each([
    ["01-one-call.ts", /served by account (1{12}|2{12}) in us-\w+-\d, attempt 1[\s\S]*did you mean "chat"/],
    ["02-streaming.ts", /settled\][\s\S]*used \d+ tokens[\s\S]*kept\]/],
    ["03-own-transport.ts", /call 0: account [12]{12}, waited \d+ ms, attempt 2[\s\S]*has room in \d+ ms/],
    ["04-langchain.ts", /served by account (1{12}|2{12}) in us-\w+-\d\n\w+/],
    ["05-ai-sdk.ts", /served by account (1{12}|2{12}) in us-\w+-\d\n\w+/],
    ["06-anthropic-sdk.ts", /served by account (1{12}|2{12}) in us-\w+-\d\n\w+/],
    ["07-openai-sdk.ts", /served by account 1{12} in us-east-1[\s\S]*ChatCompletions served by bedrock-mantle\]/],
    [
      "08-operate.ts",
      /drained: served by 2{12}\n[\s\S]*resumed: served by 1{12}[\s\S]*reloaded: served by 1{12}\n[\s\S]*closed: fulfilled, fulfilled\n/,
    ],
    [
      "09-discovered-quotas.ts",
      /"models":\{"chat":\{"model":"anthropic.claude-sonnet-4-6"\}\}[\s\S]*found: \d+ \+ \d+ \+ 0 calls by us\.[\s\S]*cut to a tenth: \d+ \+ \d+ \+ 0 calls[\s\S]*servicequotas:List\*.*28800/,
    ],
  ])(
    "example %s runs",
    async (name, says) => {
      expect(await output([name])).toMatch(says);
    },
    30_000,
  );

  it.skipIf(!hasRedisServer())(
    "example 10-one-book.ts runs, where there is a redis-server",
    async () => {
      const said = await output(["10-one-book.ts"]);

      const [shared = "", own = ""] = said.split("Each its own book");
      const sums = [...shared.matchAll(/\d s .* sum +(\d+) of 60000 under/g)].map(([, sum]) => Number(sum));
      expect(sums).toHaveLength(6);
      expect(Math.max(...sums)).toBeGreaterThan(0);
      expect(own).toContain("OVER");
    },
    90_000,
  );

  it("no example is left out here", () => {
    expect(readdirSync(examples).filter((name) => /^\d\d-.*\.ts$/.test(name))).toHaveLength(10);
  });
});
