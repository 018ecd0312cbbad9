import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meaningOf } from "./meaning-of.ts";
import { meaningKey } from "./meaning.ts";
import { quotaCodes } from "./quota-codes.ts";
import { verbatimRows } from "./testing/verbatim-rows.test.kit.ts";

const cases = verbatimRows.map(({ row, means }) => ({ ...row, means }));

/** A meaning in one word, so that a failure shows it. */
function means(name: string, code = ""): string {
  const meaning = meaningOf({ code, name });
  if (meaning.kind === "unmapped") return `unmapped: ${meaning.reason}`;
  return meaning.kind === "unrelated" ? "unrelated" : meaningKey(meaning);
}

const tokens = (model: string): string => `Cross-region model inference tokens per minute for ${model}`;

describe("a quota row", () => {
  it.each(cases)("$name ($code) means $means", ({ code, name, means: expected }) => {
    expect(means(name, code)).toBe(expected);
  });

  it("is understood by its name when its code is not known", () => {
    expect(cases.map(({ name }) => means(name, "L-00000000"))).toEqual(cases.map(({ means: expected }) => expected));
  });

  it("of one account never means what another one means", () => {
    const all = cases.map(({ code, name }) => means(name, code));

    expect(all.filter((each, index) => all.indexOf(each) !== index)).toEqual([]);
  });

  it("means the same in any case, with any spaces and hyphens", () => {
    const spelled = fc
      .constantFrom(...cases)
      .chain(({ code, name, means: expected }) =>
        fc
          .tuple(
            fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }),
            fc.array(fc.constantFrom(" ", "  ", "\t", "\u00A0", " \n "), { minLength: 1, maxLength: 20 }),
            fc.constantFrom("-", "\u2010", "\u2011"),
          )
          .map(([upper, spaces, hyphen]) => ({ code, expected, name: respelled(name, { upper, spaces, hyphen }) })),
      );

    fc.assert(
      fc.property(spelled, ({ code, name, expected }) => {
        expect(means(name, code)).toBe(expected);
      }),
    );
  });

  it.each([
    [tokens("Anthropic Claude Sonnet 4 V1"), "claude-sonnet-4"],
    [tokens("Anthropic Claude Sonnet 4.5 V1"), "claude-sonnet-4.5"],
    [tokens("Anthropic Claude Sonnet 4.6"), "claude-sonnet-4.6"],
    [tokens("Claude Sonnet 4.6"), "claude-sonnet-4.6"],
    [tokens("Anthropic Claude 3 Sonnet"), "claude-3-sonnet"],
    [tokens("Anthropic Claude 3.5 Sonnet"), "claude-3.5-sonnet"],
    ["Cross-Region model inference tokens per minute for Anthropic Claude 3.5 Sonnet V2", "claude-3.5-sonnet-v2"],
    [tokens("Anthropic Claude Fable 5"), "claude-fable-5"],
    [tokens("Anthropic Claude Fable 5.1"), "claude-fable-5.1"],
    [tokens("A Model Nobody Has Heard Of 7"), "a-model-nobody-has-heard-of-7"],
  ])("%s is of %s and of no other model", (name, model) => {
    expect(meaningOf({ code: "", name })).toMatchObject({ kind: "model", model, variant: "standard", scope: "geo" });
  });

  it("of a long context is never taken for the usual one", () => {
    expect(means(tokens("Anthropic Claude Sonnet 4.5 V1 1M Context Length"))).toContain("/long-context/");
    expect(means(tokens("Anthropic Claude Sonnet 4.5 V1 2M Context Length"))).toMatch(/^unmapped/);
    expect(means(tokens("Anthropic Claude Sonnet 4.5 V1 1M Context"))).toMatch(/^unmapped/);
  });

  it.each([
    "On-Demand, latency-optimized model inference tokens per minute for Amazon Nova Pro V1",
    "On-demand latency-optimised model inference tokens per minute for Amazon Nova Pro V1",
    "Model invocation max latency-optimized tokens per day for Amazon Nova Pro V1",
  ])("%s is of calls of low latency only", (name) => {
    expect(meaningOf({ code: "", name })).toMatchObject({ model: "nova-pro", variant: "latency-optimized" });
  });

  it("knows the account's day by the name before this one, too", () => {
    expect(means("Cross-Model Account-Level Tokens Per Day")).toBe("runtime/all models/day");
  });
});

describe("a quota row whose name is not understood as a whole", () => {
  it.each([
    `${tokens("Anthropic Claude Sonnet 4.6")} (doubled for cross-region calls)`,
    `${tokens("Anthropic Claude Sonnet 4.6")} in batch`,
    `Reserved ${tokens("Anthropic Claude Sonnet 4.6")}`,
    "Priority cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6",
    "Cross-region model inference cached tokens per minute for Anthropic Claude Sonnet 4.6",
    "Cross-region model inference tokens per hour for Anthropic Claude Sonnet 4.6",
    "Cross-region model inference tokens per minute",
    "Cross-region model inference tokens per minute for ",
    tokens("V1"),
    tokens("1M Context Length"),
    tokens("Claude + Sonnet"),
    tokens("Claude/Sonnet"),
    tokens("all models"),
    "[bedrock-mantle endpoint] Requests per minute for Claude Opus 4.7",
    "[bedrock-neptune endpoint] Input tokens per minute for Claude Opus 4.7",
    "On-demand InvokeModel concurrent requests for Amazon Nova Sonic",
    "Concurrent model invocations",
    "InvokeModel requests per second",
    "Tokens per minute across models",
    "Cross-Model Max Tokens Per Minute",
    "TPM of Claude Opus 6",
    "(Priority) Tokens per minute for Claude Opus 6",
  ])("is reported, not guessed: %s", (name) => {
    expect(means(name)).toMatch(/^unmapped: /);
  });

  it("is refused for its length before any pattern sees it", () => {
    for (const name of [tokens("a ".repeat(10_000)), "(".repeat(10_000), " ".repeat(1_000_000)]) {
      expect(means(name)).toMatch(/^unmapped: its name has \d+ characters, more than 256$/);
    }
  });

  it("takes no longer for what patterns stumble over", () => {
    const pieces = fc.constantFrom("model ", "invocation ", "(doubled ", "for ", " ", "1m ", "-", "a", "1.", "tokens ");

    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 120 }), (parts) => {
        expect(means(`Model invocation max tokens per day for ${parts.join("")}`.slice(0, 256))).toMatch(/./);
      }),
    );
  });
});

describe("a quota row about something else", () => {
  // Source: names of Service Quotas as a public audit of its catalogue lists them (read 2026-11-22).
  it.each([
    "APIs per Agent",
    "Characters in Agent instructions",
    "CreateAgentActionGroup requests per second",
    "Throttle rate limit for InvokeDataAutomationAsync",
    "Throttle rate limit for Bedrock Data Automation Runtime: ListTagsForResource",
    "Batch inference job size (in GB) for Claude 3.7 Sonnet",
    "Records per input file per batch inference job for Claude Sonnet 4",
    "Minimum number of records per batch inference job for Qwen3 Coder 30B",
    "Sum of in-progress and submitted batch inference jobs using a base model for DeepSeek v3",
    "Model units per provisioned model for Anthropic Claude V2 18K",
    "(Guardrails) On-demand ApplyGuardrail requests per second",
    "(Knowledge Bases) RetrieveAndGenerateStream requests per second",
    "(Automated Reasoning) Source document tokens",
    "(Data Automation) InvokeEntityIngestionAsync - Person - Max number of tokens",
    "(Model customization) Sum of on demand custom model deployment tokens per minute for Anthropic Claude 3.5 Sonnet V2",
    "(Model customization) Sum of training and validation records for a Meta Llama 2 70B v1 Fine-tuning job",
    "",
  ])("is not worth a word: %s", (name) => {
    expect(means(name)).toBe("unrelated");
  });
});

describe("a quota row whose code and name disagree", () => {
  const sonnet46 = "L-15B8E632";

  it.each([
    ["another model", tokens("Anthropic Claude Sonnet 4.5 V1")],
    ["another scope", "Global cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.6"],
    ["another unit", "Cross-region model inference requests per minute for Anthropic Claude Sonnet 4.6"],
    ["another window", "Cross-region model inference tokens per day for Anthropic Claude Sonnet 4.6"],
    ["another variant", tokens("Anthropic Claude Sonnet 4.6 1M Context Length")],
    ["all models", "Cross-Model Max Tokens Per Day"],
    ["something else", "APIs per Agent"],
    ["what is not known", `Reserved ${tokens("Anthropic Claude Sonnet 4.6")}`],
  ])("is neither of the two when its name says %s", (_, name) => {
    expect(means(name, sonnet46)).toMatch(
      /^unmapped: its code L-15B8E632 is known to be runtime\/claude-sonnet-4.6\/geo\/standard\/tokens\/minute, but /,
    );
  });

  it("is told apart by codes of which no two mean the same", () => {
    const meanings = [...quotaCodes.values()].map(meaningKey);

    expect(meanings.filter((each, index) => meanings.indexOf(each) !== index)).toEqual([]);
  });

  it("has a code that was read somewhere: none is made up", () => {
    const written = verbatimRows.map(({ row }) => row.code).filter((code) => code !== "");

    expect([...quotaCodes.keys()].toSorted()).toEqual(written.toSorted());
  });
});

describe("a word or digit of a model's name that is changed", () => {
  const models = new Map(cases.map(({ name, means: expected }) => [plain(name), modelIn(expected)]));
  const known = new Set(models.values());
  const written = cases.filter(({ name }) => name.includes(" for "));

  it("never makes it another known model, unless that is how the other is written", () => {
    const changed = fc
      .tuple(fc.constantFrom(...written), fc.nat(), fc.oneof(fc.constant(""), word(), fc.nat(99).map(String)), fc.nat())
      .map(([{ name }, at, by, digit]) => ({ name, changed: changedAt(name, { at, by, digit }) }));

    fc.assert(
      fc.property(changed, ({ name, changed }) => {
        const meaning = meaningOf({ code: "", name: changed });
        if (plain(changed) === plain(name) || meaning.kind !== "model") return;
        const isWrittenSo = [...models].some(([as, model]) => model === meaning.model && sameModel(as, plain(changed)));
        expect(known.has(meaning.model) && !isWrittenSo ? `${changed} is ${meaning.model}` : "").toBe("");
      }),
      { numRuns: 3000 },
    );
  });

  function word(): fc.Arbitrary<string> {
    const words = written.flatMap(({ name }) => name.slice(name.indexOf(" for ")).split(" "));
    return fc.constantFrom(...words, "Foo", "X5", "V2", "V3", "2M", "4.55");
  }
});

/** A word of the model replaced, or left out; or where that changes nothing, one of its digits. */
function changedAt(name: string, { at, by, digit }: { at: number; by: string; digit: number }): string {
  const begin = name.indexOf(" for ") + 5;
  const words = name.slice(begin).split(" ");
  const index = at % words.length;
  const old = words[index] ?? "";
  const other = digit % 2 === 0 ? by : old.replace(/\d/, String(digit % 10));
  return `${name.slice(0, begin)}${words.with(index, other).join(" ").trim()}`;
}

/** What of a row's name tells models apart: what is left when the maker and the first edition are taken away. */
function plain(name: string): string {
  const model = name
    .toLowerCase()
    .split(" for ")
    .slice(1)
    .join(" for ")
    .replace(/ \(.*$/, "");
  return model
    .replace(/ 1m context length$/, "")
    .replace(/ v1$/, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function sameModel(one: string, other: string): boolean {
  const withoutMaker = (text: string): string =>
    text.replace(/^(anthropic|amazon|meta|openai|mistral|writer) (?=claude|nova|llama|gpt|pixtral|palmyra)/, "");
  return withoutMaker(one) === withoutMaker(other);
}

function modelIn(meaning: string): string {
  return meaning.split("/")[1] ?? "";
}

function respelled(name: string, by: { upper: boolean[]; spaces: string[]; hyphen: string }): string {
  return [...name]
    .map((each, index) => {
      if (each === " ") return by.spaces[index % by.spaces.length] ?? each;
      if (each === "-") return by.hyphen;
      return by.upper[index] ? each.toUpperCase() : each.toLowerCase();
    })
    .join("");
}
