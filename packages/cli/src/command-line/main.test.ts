import { ConfigError, ShardrockError } from "@shardrock/core";
import { expect, it } from "vitest";
import { commands } from "./commands.ts";
import type { CommandDeclaration, CommandModule } from "./command-declaration.ts";
import { exitCodes } from "./exit-code.ts";
import { fakeHost, type FakeHost } from "./host.test.kit.ts";
import { main } from "./main.ts";
import { UsageError } from "./usage-error.ts";

function command(run: CommandModule["run"]): readonly CommandDeclaration[] {
  return [
    {
      name: "weigh",
      summary: "Weigh a thing",
      description: "Weighs a thing.",
      arguments: [{ name: "thing", description: "What to weigh." }],
      options: [
        { name: "max-grams", value: "n", description: "At most, in g." },
        { name: "scale", value: "name", choices: ["fine", "coarse"], description: "Which." },
      ],
      examples: [{ line: "shardrock weigh egg", says: "Weigh an egg." }],
      load: async () => ({ run }),
    },
  ];
}

async function ran(argv: readonly string[], run: CommandModule["run"] = async () => exitCodes.ok, host = fakeHost()) {
  using used: FakeHost = host;
  const code = await main(argv, used, command(run));
  return { code, out: used.stdout.text, err: used.stderr.text };
}

it("hands a command what was typed, and ends as it says", async () => {
  const seen: unknown[] = [];

  const { code } = await ran(["weigh", "egg", "--max-grams", "70", "--json"], async (input, context) => {
    seen.push(input.argument(0), input.number("max-grams", { from: 1 }), input.flag("json"), context.isJson);
    return exitCodes.infeasible;
  });

  expect(code).toBe(3);
  expect(seen).toEqual(["egg", 70, true, true]);
});

it.each([
  [["wiegh", "egg"], /unknown command 'wiegh'\n\(Did you mean weigh\?\)\nAll commands: shardrock --help/],
  [
    ["weigh", "egg", "--max-gram", "3"],
    /unknown option '--max-gram'\n\(Did you mean --max-grams\?\)\nUsage: shardrock weigh \[options\] <thing>/,
  ],
  [["weigh"], /missing required argument 'thing'\nUsage: shardrock weigh/],
  [["weigh", "egg", "ham"], /too many arguments[\s\S]*Usage: shardrock weigh/],
  [
    ["weigh", "egg", "--scale", "rough"],
    /'--scale <name>' argument 'rough' is invalid. Allowed choices are fine, coarse/,
  ],
  [[], /Usage: shardrock \[options\] \[command\][\s\S]*weigh/],
] as const)("answers %j with help on stderr and exit code 2", async (argv, says) => {
  const { code, out, err } = await ran(argv);

  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toMatch(says);
});

it("prints help and the version on stdout and ends with 0", async () => {
  const help = await ran(["weigh", "--help"]);
  const version = await ran(["--version"]);

  expect(help).toMatchObject({ code: 0, err: "" });
  expect(help.out).toMatch(
    /Weighs a thing[\s\S]*--max-grams <n> +At most, in g\.[\s\S]*Example:\n {2}shardrock weigh egg/,
  );
  expect(version).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
});

it.each([
  ["a wrong option", new UsageError("--max-grams must be above 0"), 2],
  ["a wrong config", new ConfigError([{ path: ["accounts", 0], message: "must be told", position: "a.yaml:3:5" }]), 2],
  ["no credentials", new ShardrockError("credentials-unavailable", "no keys"), 4],
  ["AWS saying no", Object.assign(new Error("denied"), { $metadata: { httpStatusCode: 403 } }), 4],
  ["another fault", new ShardrockError("timeout", "too late"), 1],
  ["a fault of ours", new TypeError("x is not a function"), 1],
  ["a file that is not there", Object.assign(new Error("ENOENT"), { code: "ENOENT", path: "/no/such" }), 2],
])("ends with the right code for %s, and without a stack trace", async (_name, error, exitCode) => {
  const { code, out, err } = await ran(["weigh", "egg"], () => Promise.reject(error));

  expect(code).toBe(exitCode);
  expect(out).toBe("");
  expect(err).toMatch(/^error: /);
  expect(err).not.toMatch(/^\s+at /m);
});

it("shows where an error came from when SHARDROCK_DEBUG is set", async () => {
  const host = fakeHost({ SHARDROCK_DEBUG: "1" });

  const { err } = await ran(["weigh", "egg"], () => Promise.reject(new TypeError("x is not a function")), host);

  expect(err).toMatch(/^\s+at /m);
});

it("shows the help line for a wrong value, and says the rule and the value", async () => {
  const { err } = await ran(["weigh", "egg", "--max-grams", "many"], async (input) => {
    input.number("max-grams", { above: 0, upTo: 1_000, isWhole: true });
    return exitCodes.ok;
  });

  expect(err).toBe(
    'error: --max-grams must be a whole number above 0 and at most 1000, got "many"\nUsage: shardrock weigh [options] <thing>\nMore: shardrock weigh --help\n',
  );
});

it("ends with 130 when it was interrupted, whatever the interruption threw", async () => {
  const host = fakeHost();

  const { code, err } = await ran(
    ["weigh", "egg"],
    async (_input, { signal }) => {
      host.controller.abort();
      signal.throwIfAborted();
      return exitCodes.ok;
    },
    host,
  );

  expect(code).toBe(130);
  expect(err).toBe("interrupted\n");
});

it.each([
  ["a terminal", true, {}, true],
  ["a pipe", false, {}, false],
  ["a terminal with NO_COLOR", true, { NO_COLOR: "1" }, false],
  ["a pipe with FORCE_COLOR", false, { FORCE_COLOR: "1" }, true],
  ["a dumb terminal", true, { TERM: "dumb" }, false],
] as const)("paints on %s: %s %j -> %s", async (_name, isTTY, env, isPainted) => {
  const host = fakeHost(env);
  host.stdout.isTTY = isTTY;

  const { out } = await ran(
    ["weigh", "egg"],
    async (_input, context) => {
      await context.print({ json: {}, text: () => context.colors.red("hot") });
      return exitCodes.ok;
    },
    host,
  );

  expect(out === "\u001b[31mhot\u001b[39m\n").toBe(isPainted);
});

it("gives JSON alone to stdout, unpainted, and notes to stderr", async () => {
  const host = fakeHost({ FORCE_COLOR: "1" });

  const { out, err } = await ran(
    ["weigh", "egg", "--json"],
    async (_input, context) => {
      await context.note("by eye");
      await context.print({ json: { text: context.colors.red("hot") }, text: () => "hot" });
      return exitCodes.ok;
    },
    host,
  );

  expect(JSON.parse(out)).toEqual({ text: "hot" });
  expect(err).toBe("by eye\n");
});

it.each(commands.map((declaration) => [declaration.name, declaration] as const))(
  "the help of %s is enough to use it: it says what every option takes, and has an example that parses",
  async (name, { options, examples, load }) => {
    using host = fakeHost();
    expect(await main([name, "--help"], host)).toBe(0);
    const help = host.stdout.text;

    for (const option of options) expect(help).toContain(`--${option.name}`);
    expect(examples.length).toBeGreaterThan(0);
    for (const { line } of examples) {
      const words = wordsOf(line.slice(line.indexOf("shardrock")));
      const asked: string[] = [];
      const spied = commands.map((one) => ({
        ...one,
        load: async () => ({ run: async () => (asked.push(one.name), exitCodes.ok) }),
      }));
      using quiet = fakeHost();
      expect([line, await main(words.slice(1), quiet, spied), quiet.stderr.text]).toEqual([line, 0, ""]);
      expect(asked).toHaveLength(1);
    }
    expect(typeof (await load()).run).toBe("function");
  },
);

/** As a shell would cut a line, up to where it pipes or redirects. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/"[^"]*"|'[^']*'|[^\s"')]+/g) ?? [];
  const end = words.findIndex((word) => /^[|>]/.test(word));
  return words.slice(0, end === -1 ? undefined : end).map((word) => word.replaceAll(/^["']|["']$/g, ""));
}
