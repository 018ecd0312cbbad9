import { symlink, writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { broken, brokenAccount, problemsOf } from "../testing/config-problems.test.kit.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { ConfigError } from "./error.ts";
import { configJsonSchema } from "./json-schema.ts";
import { loadConfig } from "./load.ts";
import { parseConfig } from "./parse.ts";
import { parseConfigText } from "./text.ts";

/** A config in which every section and every option stands. */
const everything = {
  $schema: "https://example.com/shardrock.schema.json",
  ...exampleConfig(),
  accounts: [
    exampleAccount(1, {
      trust: "external-id",
      sessionName: "shardrock",
      sourceIdentity: "shardrock",
      tags: { team: "search" },
      sessionPolicy: "models",
    }),
  ],
  models: {
    sonnet: exampleModel({
      servedBy: [
        {
          id: "arn:aws:bedrock:us-east-1:111111111111:application-inference-profile/abc",
          endpoint: "runtime",
          accounts: ["111111111111"],
          regions: ["us-east-1"],
          destinations: { "us-east-1": ["us-east-1"] },
          baseModel: "us.anthropic.claude-sonnet-4-6",
        },
        { id: "us.anthropic.claude-sonnet-4-6", destinations: ["us-east-1", "us-east-2", "us-west-2"] },
      ],
      quotas: {
        tokensPerMinute: 5,
        overrides: [{ account: "111111111111", region: "us-east-1", scope: "geo", tokensPerMinute: 5 }],
      },
    }),
  },
  endpoints: {
    bedrockRuntime: "https://a.example.com",
    bedrockMantle: "https://b.example.com",
    sts: "https://localhost",
  },
  resources: { guard: [{ account: "111111111111", region: "us-east-1", id: "gr-1" }] },
  waiting: {},
  timeouts: {},
  errors: {},
  affinity: {},
  maxTokens: {},
  tenants: { alice: { weight: 2 } },
  windows: {},
  stsRegion: "us-east-1",
};

const accessKeyId = "AKIAIOSFODNN7EXAMPLE";

let folder: string | undefined;
afterEach(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true });
  folder = undefined;
});

async function pathIn(name: string): Promise<string> {
  folder ??= await mkdtemp(join(tmpdir(), "shardrock-"));
  return join(folder, name);
}

describe("a config takes nothing it does not know", () => {
  it("refuses an unknown option in every section, and says where", () => {
    expect(problemsOf(everything)).toEqual([]);
    for (const path of groupsIn(everything)) {
      const problems = problemsOf(changed(everything, [...path, "surplus"], 1));

      expect({ path, problems }).toEqual({ path, problems: [expect.stringContaining("surplus")] });
    }
  });

  it.each(["__proto__", "constructor", "prototype"])("refuses the key %s in every section", (key) => {
    const harmless = JSON.stringify(Object.prototype);
    for (const path of [...groupsIn(everything), ["accounts", 0, "tags"], ["models"], ["resources"]]) {
      const input: unknown = JSON.parse(
        JSON.stringify(changed(everything, [...path, "surplus"], {})).replace('"surplus"', JSON.stringify(key)),
      );

      expect(problemsOf(input)).toEqual([expect.stringContaining(`${key}: is a key no config may have`)]);
    }
    expect(JSON.stringify(Object.prototype)).toBe(harmless);
  });

  it("keeps what callers name in maps, so no name reaches a prototype", () => {
    const config = parseConfig(everything);

    expect(config.models).toBeInstanceOf(Map);
    expect(config.resources).toBeInstanceOf(Map);
  });
});

describe("a number in a config", () => {
  const numbers = numberOptions(configJsonSchema());

  it("has a lowest and a highest value, whichever option it is", () => {
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers.filter(({ least, most }) => least === undefined || most === undefined)).toEqual([]);
  });

  it.each([NaN, Infinity, -Infinity, 1e300, -1, "1", null, 10n])("is never %s", (value) => {
    const inputs = [
      broken({ instances: value }),
      broken({ waiting: { maxQueued: value } }),
      broken({ timeouts: { idleMs: value } }),
      broken({ affinity: { ttlMs: value } }),
      broken({ tenants: { alice: { weight: value } } }),
      broken({ waiting: { ageingMs: value } }),
      brokenAccount({ weight: value }),
      brokenAccount({ durationSeconds: value }),
      broken({ models: { m: { ...exampleModel(), burndown: value } } }),
      broken({ models: { m: exampleModel({ quotas: { tokensPerMinute: value as number } }) } }),
      broken({ fallbackQuota: { inputTokensPerMinute: value } }),
    ];

    for (const input of inputs) expect(problemsOf(input)).not.toEqual([]);
  });
});

describe("a name that travels to AWS", () => {
  it.each(["ab\r\nX-Amz-Target: b", "ab\ncd", "ab\n", "ab\0cd", "ab cd", "abä", "ab\u2028cd"])(
    "never carries %j into a header",
    (value) => {
      for (const option of ["sessionName", "sourceIdentity", "externalId", "roleArn"]) {
        expect(problemsOf(brokenAccount({ [option]: value }))).toHaveLength(1);
      }
      expect(problemsOf(brokenAccount({ tags: { [`${value}\u0007`]: "x" } }))).toHaveLength(1);
      expect(problemsOf(broken({ resources: { guard: [{ account: "111111111111", id: value }] } }))).toHaveLength(1);
      expect(
        problemsOf(broken({ models: { m: { ...exampleModel(), servedBy: [{ id: `amazon.${value}` }] } } })),
      ).not.toEqual([]);
    },
  );
});

describe("a config file", () => {
  it.each([
    "!!js/function 'function () { throw new Error() }'",
    "!!js/regexp /a/",
    "!!python/object:os.system x",
    "!include /etc/passwd",
  ])("runs and reads nothing for %s", (value) => {
    expect(textProblems(`accounts: ${value}`).join()).toMatch(/Unresolved tag/);
  });

  it("is data: none of its extensions is code", async () => {
    for (const name of ["a.js", "a.mjs", "a.cjs", "a.ts", "a.json5", "a"]) {
      await expect(loadConfig(await pathIn(name))).rejects.toThrow("must end in .yaml, .yml, .json");
    }
  });

  it("is refused by its size before anybody parses it", async () => {
    const path = await pathIn("big.yaml");
    await writeFile(path, `a: [${"[".repeat(2 ** 20)}`);

    await expect(loadConfig(path)).rejects.toThrow("must be at most 1048576 bytes");
  });

  it("is refused when it is endless, whatever its size claims", async () => {
    const path = await pathIn("endless.yaml");
    await symlink("/dev/zero", path);

    await expect(loadConfig(path)).rejects.toThrow("cannot be read: it is not a file");
  });

  it.each([
    ["aliases of aliases", bombOf("")],
    ["merged aliases of aliases", `%YAML 1.1\n---\n${bombOf("<<: ")}`],
  ])("cannot blow up through %s", (_, text) => {
    expect(textProblems(text).join()).toContain("more than 100 of them");
  });
});

describe("a hostile text", () => {
  const hostile = [
    "a",
    "-",
    "a-",
    "a.",
    ".a",
    "1.",
    "://",
    "?=",
    "@",
    ":",
    "/a",
    "{region}",
    "us-east-1",
    " ",
    "\u00e9",
    "\\",
    '"',
    "arn:aws:",
    "x".repeat(63) + ".",
  ];
  const leaves = leavesIn(everything);

  it("is never shown to a pattern at any length: what no option takes is refused first", () => {
    const longest = longestSeenByPatterns(() => {
      for (const path of leaves) {
        for (const unit of ["a", "a-", "://"]) {
          const problems = problemsOf(changed(everything, path, unit.repeat(2 ** 18)));

          expect(problems).toEqual([expect.stringMatching(/must be at most 4096 characters$/)]);
        }
      }
    });

    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThanOrEqual(4096);
  });

  // The time limit is no measurement: a pattern that backtracks without end would take longer than the universe has.
  it("of the greatest length a pattern may see is answered: none backtracks without end", { timeout: 60_000 }, () => {
    for (const path of leaves) {
      for (const unit of hostile) {
        for (const head of ["", "https://", "arn:aws:bedrock:us-east-1:111111111111:"]) {
          problemsOf(changed(everything, path, `${head}${unit.repeat((4095 - head.length) / unit.length)}!`));
        }
      }
    }
  });

  it("for a key is neither matched nor repeated in full", () => {
    const problems = problemsOf(broken({ models: { ["a-".repeat(2 ** 18)]: exampleModel() } }));

    expect(problems).toEqual(["models: has a key of more than 512 characters"]);
  });
});

describe("a role in another account", () => {
  it("needs an ExternalId, unless the config says that both belong to one organization", () => {
    expect(problemsOf(brokenAccount({ externalId: undefined }))).toEqual([
      "accounts[0].externalId: is missing; give the one the role's trust policy demands, or set trust: same-org",
    ]);
    expect(problemsOf(brokenAccount({ externalId: "" }))).toHaveLength(1);
    expect(problemsOf(brokenAccount({ externalId: undefined, trust: "same-org" }))).toEqual([]);
  });
});

describe("a long-lived access key", () => {
  it.each([
    "accessKeyId",
    "secretAccessKey",
    "sessionToken",
    "aws_access_key_id",
    "aws_secret_access_key",
    "AWS_SECRET_ACCESS_KEY",
    "AWS-Session-Token",
    "AWS_BEARER_TOKEN_BEDROCK",
    "apiKey",
  ])("is refused under the name %s, anywhere, and is not repeated", (name) => {
    const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    for (const path of [...groupsIn(everything), ["accounts", 0, "tags"], ["models", "sonnet", "nested", "deep"]]) {
      const problems = problemsOf(changed(everything, [...path, name], secret));

      expect(problems).toEqual([expect.stringContaining(`${name}: must not be here: a config holds no credentials`)]);
      expect(problems.join()).not.toContain(secret);
    }
  });

  it.each([
    accessKeyId,
    "ASIAIOSFODNN7EXAMPLE",
    `key=${accessKeyId};`,
    `https://${accessKeyId}@example.com`,
    `ABSK${"QmVkcm9ja0FQSUtleS0".repeat(6)}`,
    "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb24",
  ])("is refused as the value %s, wherever it stands, and is not repeated", (value) => {
    for (const path of leavesIn(everything)) {
      const problems = problemsOf(changed(everything, path, value));

      expect(problems).toEqual([expect.stringContaining("a config holds no credentials")]);
      expect(problems.join()).not.toContain(value);
    }
  });

  it("is refused as a key too, and is not repeated", () => {
    const problems = problemsOf(brokenAccount({ tags: { [accessKeyId]: "x" } }));

    expect(problems).toEqual([expect.stringContaining("accounts[0].tags: has a key that must not be here")]);
    expect(problems.join()).not.toContain("AKIA");
  });

  it("is refused in a file by line and column, and is not repeated", () => {
    const problems = textProblems(`accounts:\n  - id: "1"\n    accessKeyId: ${accessKeyId}`);

    expect(problems).toEqual([expect.stringContaining("f.yaml:3:5 accounts[0].accessKeyId: must not be here")]);
    expect(problems.join()).not.toContain("AKIA");
  });

  it.each(["AKIA", "akiaiosfodnn7example", "XAKIAIOSFODNN7EXAMPLE", "6f1c0a52-6f0e-4c39-a9a4-2d9f0c9d7a55"])(
    "is not seen in %s",
    (externalId) => {
      expect(problemsOf(brokenAccount({ externalId }))).toEqual([]);
    },
  );
});

describe("an ExternalId", () => {
  it.each(["hunter2 with spaces", ["hunter2"], { hunter2: "hunter2" }, "hunter2\n"])(
    "that is wrong (%j) is not repeated",
    (externalId) => {
      const problems = problemsOf(brokenAccount({ externalId }));

      expect(problems.length).toBeGreaterThan(0);
      expect(problems.join()).not.toContain("hunter2");
    },
  );

  it("is in no problem of a file either, whatever else is wrong", () => {
    expect(textProblems('accounts: [{ externalId: "hunter2", weight: 0 }]').join()).not.toContain("hunter2");
  });
});

describe("residency in a config", () => {
  it.each(["eu", "us", "apac", "global", "EU", "eu-", "europe", "eu.", "*", "eu-*"])(
    "takes no geography such as %s for a Region, and says why",
    (name) => {
      const rule = "not the name of a geography";

      expect(problemsOf(broken({ residency: { allowedRegions: [name] } })).join()).toContain(rule);
      expect(problemsOf(broken({ residency: { allowedRegions: name } })).join()).toContain(
        "never the name of a geography",
      );
      expect(problemsOf(brokenAccount({ regions: [name] })).join()).toContain(rule);
    },
  );

  it("must be said", () => {
    expect(problemsOf(broken({ residency: undefined })).join()).toContain("must say where prompts may be processed");
  });
});

type Path = readonly (string | number)[];

/** Where groups of options stand; those with names of the user's own are left out. */
function groupsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [];
  const isNamed = ["tags", "models", "resources", "destinations"].includes(String(path.at(-1)));
  const inner = Object.entries(value).flatMap(([key, child]) =>
    groupsIn(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return isNamed || Array.isArray(value) ? inner : [path, ...inner];
}

/** Where texts stand. */
function leavesIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === "string") return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    leavesIn(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** A copy with one value replaced or added; groups on the way that are not there are made. */
function changed(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<number, unknown>)
    : { ...(value as object) };
  copy[step] = changed(copy[step] ?? {}, rest, by);
  return copy;
}

function textProblems(text: string): readonly string[] {
  try {
    parseConfigText(text, "f.yaml");
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n").slice(1);
    throw error;
  }
  return [];
}

function bombOf(merge: string): string {
  const layers = Array.from({ length: 12 }, (_, index) => {
    const alias = `*a${index}`;
    return `a${index + 1}: &a${index + 1} { ${merge}${merge === "" ? "b: " : ""}[${Array(9).fill(alias).join(", ")}] }`;
  });
  return `a0: &a0 { x: 1 }\n${layers.join("\n")}\n`;
}

/** The length of the longest text any pattern of ours or of a library was matched against while `work` ran. */
function longestSeenByPatterns(work: () => void): number {
  using exec = vi.spyOn(RegExp.prototype, "exec");
  work();
  return exec.mock.calls.reduce((longest, [text]) => Math.max(longest, text.length), 0);
}

interface NumberOption {
  readonly path: string;
  readonly least: unknown;
  readonly most: unknown;
}

function numberOptions(schema: unknown, path = "$"): readonly NumberOption[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { type, minimum, exclusiveMinimum, maximum } = schema as Record<string, unknown>;
  if (type === "number" || type === "integer") return [{ path, least: minimum ?? exclusiveMinimum, most: maximum }];
  return Object.entries(schema).flatMap(([key, inner]) => numberOptions(inner, `${path}.${key}`));
}
