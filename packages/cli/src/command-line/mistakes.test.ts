import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configText, traceText } from "../plan/plan.test.kit.ts";
import { fakeHost } from "./host.test.kit.ts";
import { main } from "./main.ts";

/** Types a line in a folder with a config, one with a mistyped Region, a short trace and a folder. */
async function typed(line: string) {
  using host = fakeHost();
  const config = configText(1, 100_000);
  const files = {
    "router.yaml": config,
    "typo.yaml": config.replaceAll("us-east-1", "us-esat-1"),
    "calls.csv": traceText(3, 1_000),
    "noout.csv": "timestamp,input\n2026-01-01T00:00:00Z,5",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(host.workingDirectory, name), text);
  mkdirSync(join(host.workingDirectory, "folder"));
  const before = readdirSync(host.workingDirectory);
  const code = await main(line.split(" "), host);
  const left = readdirSync(host.workingDirectory).filter((name) => !before.includes(name));
  const short = (text: string) => text.replaceAll(host.workingDirectory, "HERE");
  return { code, out: host.stdout.text, err: short(host.stderr.text), left };
}

const made = "--rps 1 --input 100,200 --output 10,20 --duration 10s";

describe("a mistake gets one line that says where and what to do, and leaves no file", () => {
  it.each([
    [
      "plan --config ruter.yaml --trace calls.csv",
      "HERE/ruter.yaml: there is no such file or folder; in HERE there are router.yaml",
    ],
    ["replay router.yaml ruter.yaml --trace calls.csv", "HERE/ruter.yaml: there is no such file or folder"],
    [
      "explain --config no/router.yaml --model chat --input 1",
      "HERE/no/router.yaml: there is no such file or folder; nor is there a folder HERE/no",
    ],
    ["doctor --config ruter.yaml", "HERE/ruter.yaml: there is no such file or folder"],
    ["quotas --config ruter.yaml", "HERE/ruter.yaml: there is no such file or folder"],
    ["iam --config ruter.yaml", "HERE/ruter.yaml: there is no such file or folder"],
    ["plan --config router.yaml --trace calls.csv --report folder", "HERE/folder: it is a folder, not a file"],
    [
      "plan --config router.yaml --trace calls.csv --report no/a.html",
      "HERE/no/a.html: there is no such file or folder; nor is there a folder HERE/no",
    ],
    ["replay router.yaml router.yaml --trace calls.csv --report folder", "HERE/folder: it is a folder, not a file"],
    [`generate ${made} --out folder`, "HERE/folder: it is a folder, not a file"],
    [
      "trace noout.csv",
      "noout.csv:1:1: expected columns for the time, the input and the output tokens, such as timestamp,input,output[,model,tenant,max_tokens,priority], found timestamp, input",
    ],
    ["fit calls.csv --out folder", "HERE/folder: it is a folder, not a file"],
  ])("%s", async (line, says) => {
    const { code, out, err, left } = await typed(line);

    expect({ code, out, left }).toEqual({ code: 2, out: "", left: [] });
    expect(err).toMatch(/^error: .*\n$/);
    expect(err).toContain(`error: ${says}`);
  });

  it.each([
    "iam --config typo.yaml",
    "explain --config typo.yaml --model chat --input 1",
    "plan --config typo.yaml --trace calls.csv --seeds 1 --limiters sliding60",
    `plan --model anthropic.claude-sonnet-4-6 --region us-esat-1 --seeds 1 --limiters sliding60 ${made}`,
  ])("notes a Region that looks mistyped: %s", async (line) => {
    const { code, err } = await typed(line);

    expect(code).toBe(0);
    expect(err).toContain("note: us-esat-1 is no Region that is known here: did you mean us-east-1?\n");
  });

  it.each(["a=", "a=,b", "a=many"])("shares of %s are refused, not taken for a name", async (model) => {
    const { code, out, err } = await typed(`generate ${made} --model ${model}`);

    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("--model must be a name, or names with shares such as a=3,b=1");
  });

  it("notes nothing of a Region that is known", async () => {
    const { err } = await typed("explain --config router.yaml --model chat --input 1 --max-tokens 5");

    expect(err).toBe("");
  });
});
