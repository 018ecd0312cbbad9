import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../packages/cli/src/command-line/commands.ts";
import { planningSteps, shownAs, wordsOf } from "../../packages/cli/src/plan/readme-steps.test.kit.ts";
import { type Ended, type InstalledCli, installCli } from "./installed-cli.ts";
import { readManifest } from "./workspace.ts";

const missing = ["pnpm", "npm", "npx"].filter((name) => spawnSync(name, ["--version"]).status !== 0);
const because = missing.length === 0 ? "" : ` (no ${missing.join(", ")} here)`;

const namesACommand = "shardrock trace traces/$";
const typesCommands = "shardrock trace $(touch pwned) `touch pwned` ; touch pwned ; ";
const lines = [
  ["a command", "shardrock gen", ["generate"]],
  ["an option", "shardrock generate --sha", ["--shape"]],
  ["a value", "shardrock generate --shape s", ["steady", "spiky"]],
  ["a value after =, which bash takes for a word of its own", "shardrock generate --shape=sp", ["spiky"]],
  [
    "a value after a model id, whose colon bash parts words at",
    "shardrock plan --model nova-pro-v1:0 --che",
    ["--check"],
  ],
  ["a path", "shardrock trace tra", ["traces/"]],
  ["a path after a blank", "shardrock trace traces/c", ["traces/calls.csv"]],
  ["a name with a blank, so that it stays one word", "shardrock trace traces/m", ["traces/my\\ calls.csv"]],
  ["nothing where nothing fits", "shardrock generate --shape x", []],
] as const;

describe.skipIf(missing.length > 0)(`the packed command in an empty folder${because}`, () => {
  let installed: InstalledCli;
  beforeAll(async () => {
    installed = await installCli();
  }, 180_000);
  afterAll(() => installed?.[Symbol.dispose]());
  const npx = (...words: readonly string[]): Promise<Ended> => installed.run("npx", ["--offline", ...words]);

  it("tells its version and its commands", async () => {
    const [version, help] = await Promise.all([npx("shardrock", "--version"), npx("shardrock", "--help")]);

    expect(version).toEqual({ code: 0, out: `${readVersion()}\n`, err: "" });
    expect(help).toMatchObject({ code: 0, err: "" });
    for (const { name } of commands) expect(help.out).toMatch(new RegExp(`^  ${name}\\b`, "m"));
  });

  it("plans as the README prints it, and writes the roles of the config that planning made", async () => {
    const [step = { line: "", printed: "" }] = planningSteps();

    const plan = await npx(...wordsOf(step.line));
    const iam = await npx("shardrock", "iam", "--config", "router.yaml");

    expect(step.line).toContain("--write-config router.yaml");
    expect({ ...plan, out: shownAs(plan.out, step.printed) }).toEqual({ code: 0, out: step.printed, err: plan.err });
    expect(iam).toMatchObject({ code: 0 });
    expect(iam.out).toContain("AWSTemplateFormatVersion");
    expect(iam.out).toContain("arn:aws:bedrock:us-east-1:");
  });

  it("brings along what a shared book is read by", async () => {
    const store = ["--store", "redis://127.0.0.1:1", "--realm", "prod"];

    const { code, err } = await npx("shardrock", "quotas", "--config", "router.yaml", ...store);

    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("ECONNREFUSED") as string });
  });

  describe("completion in bash", () => {
    let offered: ReadonlyMap<string, readonly string[]>;

    beforeAll(async () => {
      mkdirSync(join(installed.folder, "traces"));
      for (const name of ["calls.csv", "my calls.csv", "$(touch pwned).csv"])
        writeFileSync(join(installed.folder, "traces", name), "");
      offered = await whatBashOffers([...lines.map(([, line]) => line), namesACommand, typesCommands]);
    }, 60_000);

    it.each(lines)("offers %s", (_what, line, words) => {
      expect(offered.get(line)).toEqual(words);
    });

    it("runs nothing of what was typed, nor of a file's name", () => {
      expect(offered.get(namesACommand)).toEqual(["traces/\\$\\(touch\\ pwned\\).csv"]);
      expect(offered.get(typesCommands)).toEqual([]);
      expect(readdirSync(installed.folder)).not.toContain("pwned");
    });

    /** What is offered when Tab is pressed at the end of each line, in one shell that has read the script twice. */
    async function whatBashOffers(typed: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
      const press = `script=$(shardrock completion bash); eval "$script"; eval "$script"
        complete -p shardrock > /dev/null || exit 1
        for line in "$@"; do
          COMP_LINE=$line COMP_POINT=\${#line}; __shardrock_complete; printf '%s\\t' "\${COMPREPLY[@]}"; echo
        done`;
      const { code, out, err } = await installed.run("bash", ["--norc", "-c", press, "bash", ...typed]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const replies = out.split("\n").map((reply) => reply.split("\t").filter((word) => word !== ""));
      return new Map(typed.map((line, place) => [line, replies[place] ?? []]));
    }
  });

  describe.each([
    [
      "zsh",
      'autoload -U compinit; compinit -D; eval "$(shardrock completion zsh)"; whence -w _shardrock',
      "_shardrock: function",
    ],
    ["fish", "shardrock completion fish | source; complete -C 'shardrock gen'", "generate"],
  ] as const)("completion in %s", (shell, press, says) => {
    const isThere = spawnSync(shell, ["--version"]).status === 0;

    it.skipIf(!isThere)(`is read by the shell itself${isThere ? "" : ` (no ${shell} here)`}`, async () => {
      const { code, out, err } = await installed.run(shell, ["-c", press]);

      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain(says);
    });
  });
});

function readVersion(): string {
  const { version } = readManifest("packages/cli") as { readonly version?: string };
  return version ?? "";
}
