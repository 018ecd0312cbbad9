import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fakeHost } from "../command-line/host.test.kit.ts";
import { main } from "../command-line/main.ts";
import type { PlanReport } from "./plan-report.ts";
import { configText, ran, traceText } from "./plan.test.kit.ts";

const few = ["--seeds", "1", "--limiters", "bucket100,sliding60"];
const base = ["plan", "--config", "router.yaml", "--trace", "calls.csv", ...few];

/** 10 minutes, 60 calls a minute: 60 000 tokens a minute. */
const calls = traceText(600, 1_000);

async function planned(config: string, trace: string, ...argv: readonly string[]) {
  const { code, out, err } = await ran({ "router.yaml": config, "calls.csv": trace }, ...base, ...argv, "--json");
  return { code, err, report: JSON.parse(out) as PlanReport };
}

describe("shardrock plan", () => {
  it("says how full a quota is, as it can be worked out by hand", async () => {
    const { code, report } = await planned(configText(1, 120_000), calls);
    const [load] = report.loads;

    expect(code).toBe(0);
    expect(load?.case).toMatchObject({ isMet: null, binding: null });
    expect(load?.case.served).toEqual({ typical: 1, least: 1, most: 1 });
    // 600 000 tokens in 599 s of 120 000 a minute.
    expect(load?.case.quotas[0]?.utilisation.typical).toBeCloseTo(600_000 / ((120_000 * 599) / 60), 6);
    expect(load?.case.quotas[0]?.peakUtilisation.typical).toBe(0.5);
    expect(report.traffic).toMatchObject({ calls: 600, spanMs: 599_000, meanInputTokens: 900, meanMaxTokens: 100 });
  });

  it("names the quota that binds, and serves no more than it carries", async () => {
    const { report } = await planned(configText(1, 30_000), calls);
    const [load] = report.loads;

    expect(load?.case.binding).toMatch(/^tokens per minute of amazon\.nova-pro-v1:0 \(on-demand\), \d+ % of the time/);
    // 30 of 60 calls a minute, the burst of the first minute, and 30 s of waiting beyond the last call.
    expect(load?.case.served.least).toBeGreaterThan(0.49);
    expect(load?.case.served.most).toBeLessThan(0.6);
    expect(load?.case.quotas[0]?.firstBoundAtMs).toBeLessThan(60_000);
  });

  it("finds the fewest accounts that meet the SLO: one fewer misses it", async () => {
    // 60 000 tokens a minute need three accounts of 25 000: two carry 50 000.
    const { code, report } = await planned(configText(1, 25_000), calls, "--slo", "p99 wait < 2s and served >= 99%");
    const accounts = report.loads[0]?.accounts;

    expect(code).toBe(0);
    expect(accounts).toMatchObject({ accounts: 3, has: 1, limits: [] });
    expect(accounts?.checks.map(({ name, runs, runsMet }) => [name, runs, runsMet])).toEqual([
      ["2 accounts", 2, 0],
      ["3 accounts", 2, 2],
      ["4 accounts", 2, 2],
    ]);
  });

  it("finds fewer accounts than there are where fewer are enough", async () => {
    const { report } = await planned(configText(6, 25_000), calls, "--slo", "p99 wait < 2s and served >= 99%");

    expect(report.loads[0]?.accounts).toMatchObject({ accounts: 3, has: 6 });
    expect(report.loads[0]?.raises).toMatchObject({ raises: [] });
  });

  it("finds the smallest raise that meets the SLO: a step of 5 % less misses it", async () => {
    const { report } = await planned(configText(1, 25_000), calls, "--slo", "p99 wait < 2s and served >= 99%");
    const raises = report.loads[0]?.raises;
    const [raise] = raises?.raises ?? [];

    expect(raise).toMatchObject({ modelId: "amazon.nova-pro-v1:0", unit: "tokens" });
    expect(raise?.factor).toBeGreaterThanOrEqual(60 / 25 - 0.15);
    expect(raise?.factor).toBeLessThanOrEqual(60 / 25 + 0.15);
    expect(raise?.places).toEqual([
      { accountId: "111111111111", region: "us-east-1", from: 25_000, to: Math.ceil(25_000 * (raise?.factor ?? 0)) },
    ]);
    expect(raises?.checks.map(({ runs, runsMet }) => runsMet === runs)).toEqual([false, true]);
    // What AWS's form asks for: 600 calls of 900 + 100 tokens in 599 s, so a little more than 60 a minute.
    expect(report.increase[0]).toMatchObject({
      peakTokensPerMinute: 60_100,
      peakRequestsPerMinute: 60,
      averageInputTokens: 900,
      averageOutputTokens: 100,
      tokensPerMinute: { from: 25_000, to: raise?.places[0]?.to },
    });
    expect(report.increase[0]?.steadyTokensPerMinute).toBe(60_100);
  });

  it("asks AWS for what calls want, not for the part of it that is served today", async () => {
    const { report } = await planned(configText(1, 30_000), calls);

    expect(report.increase).toMatchObject([
      {
        modelId: "amazon.nova-pro-v1:0",
        steadyTokensPerMinute: 60_100,
        steadyRequestsPerMinute: 60,
        tokensPerMinute: { from: 30_000, to: 30_000 },
        requestsPerMinute: null,
      },
    ]);
  });

  it("ends as interrupted on Ctrl-C, with nothing written", async () => {
    using host = fakeHost();
    writeFileSync(join(host.workingDirectory, "router.yaml"), configText(1, 30_000));
    writeFileSync(join(host.workingDirectory, "calls.csv"), calls);
    setImmediate(() => host.controller.abort(new Error("Ctrl-C")));

    const code = await main([...base, "--report", "plan.html"], host);

    expect([code, host.stdout.text, host.stderr.text]).toEqual([130, "", "interrupted\n"]);
    expect(readdirSync(host.workingDirectory).toSorted()).toEqual(["calls.csv", "router.yaml"]);
  });

  it("ends with 3 when nothing is enough, and says what stands in the way", async () => {
    const trace = traceText(120, 1_000);
    const config = configText(1, 60_000, "waiting: { maxInFlight: 1 }\n");
    const slo = ["--slo", "p99 wait < 1s", "--most-accounts", "4"];

    const { code, report } = await planned(config, trace, ...slo);

    expect(code).toBe(3);
    expect(report.loads[0]?.accounts).toMatchObject({ accounts: null, tried: 4 });
    expect(report.loads[0]?.accounts?.limits.join()).toMatch(/1 calls are at AWS at once, .* waiting\.maxInFlight/);
    expect(report.loads[0]?.raises).toMatchObject({ raises: null });
  });

  it("only checks when told so: 3 when the config misses the SLO as it is", async () => {
    const slo = ["--slo", "served >= 99%", "--check"];

    const [short, enough] = [
      await planned(configText(1, 25_000), calls, ...slo),
      await planned(configText(3, 25_000), calls, ...slo),
    ];

    expect([short.code, enough.code]).toEqual([3, 0]);
    expect(short.report.loads[0]).toMatchObject({ accounts: null, raises: null });
  });

  it("tries larger traffic, smaller maxima, and the loss of an account, a Region and half the quotas", async () => {
    const wasteful = calls.replaceAll(/,100$/gm, ",39000");
    const { report } = await planned(configText(2, 40_000), wasteful, "--grow", "3x,2x");

    expect(report.loads.map(({ growth }) => growth)).toEqual([1, 2, 3]);
    expect(report.loads.map(({ case: { offered } }) => offered.typical)).toEqual([600, 1_200, 1_800]);
    expect(report.whatIfs.map(({ name }) => name)).toEqual([
      "as it is",
      "max_tokens halved",
      "max_tokens as used",
      "account 111111111112 lost",
      "quotas halved",
    ]);
    const served = (name: string): number => report.whatIfs.find((each) => each.name === name)?.served.typical ?? 0;
    // A hold of 39 900 lets no second call begin in an account of 40 000.
    expect(served("as it is")).toBeLessThan(0.8);
    expect(served("max_tokens halved")).toBeGreaterThan(served("as it is"));
    expect(served("max_tokens as used")).toBe(1);
    expect(served("account 111111111112 lost")).toBeLessThan(1);
    expect(report.warnings.join()).toMatch(/The loss of a Region was not tried: there is only one/);
  });

  it("says what calls hold that set no max_tokens", async () => {
    const unset = traceText(60, 1_000).replaceAll(/,100$/gm, ",");
    const learned = await planned(configText(1, 120_000, "maxTokens: { unset: learned }\n"), unset);
    const maximum = await planned(configText(1, 120_000), unset);

    expect(learned.report.assumptions.join()).toMatch(/no max_tokens: they get one that the answers before them teach/);
    expect(maximum.report.assumptions.join()).toMatch(/no max_tokens: AWS holds their model's maximum/);
  });

  it("prints the same bytes twice, as JSON and as text", async () => {
    const files = { "router.yaml": configText(2, 25_000), "calls.csv": traceText(120, 700) };
    const argv = [...base, "--grow", "1.5x", "--slo", "p95 wait < 5s"];

    expect(await ran(files, ...argv, "--json")).toEqual(await ran(files, ...argv, "--json"));
    expect(await ran(files, ...argv)).toEqual(await ran(files, ...argv));
  });

  it("starts from AWS's defaults where there is no config, says so, and writes them down", async () => {
    const made = [
      "--rps",
      "2",
      "--input",
      "900,1800",
      "--output",
      "100,200",
      "--max-tokens",
      "300",
      "--duration",
      "1m",
    ];
    const argv = ["plan", "--model", "anthropic.claude-sonnet-4-6", ...made, ...few, "--write-config", "start.yaml"];

    const { code, out, err } = await ran({}, ...argv, "--region", "us-east-1,eu-west-1", "--json");
    const report = JSON.parse(out) as PlanReport;

    expect([code, err]).toEqual([0, "start.yaml: written, with AWS's default limits\n"]);
    expect(report.config).toMatchObject({ name: "AWS's defaults", isDefault: true, accounts: 1 });
    const tokens = report.loads[0]?.case.quotas.filter(({ unit }) => unit === "tokens");
    expect(tokens?.map(({ region, scope, limit }) => [region, scope, limit])).toEqual([
      ["us-east-1", "geo", 6_000_000],
      ["eu-west-1", "geo", 6_000_000],
    ]);
    expect(report.warnings[0]).toMatch(/AWS's defaults, not what an account of yours was given/);
  });

  it("writes a page where --report asks for one, and looks for its folder before it begins", async () => {
    const files = { "router.yaml": configText(1, 120_000), "calls.csv": traceText(30, 1_000) };

    const { code, err } = await ran(files, ...base, "--report", "plan.html");
    const nowhere = await ran(files, ...base, "--report", "there/plan.html");

    expect([code, err]).toEqual([0, "plan.html: written\n"]);
    expect([nowhere.code, nowhere.out]).toEqual([2, ""]);
    expect(nowhere.err).toMatch(/there\/plan\.html: there is no such file or folder; nor is there a folder/);
  });

  it.each([
    ["no traffic", ["--config", "router.yaml"], /which traffic\? Give --trace, or --profile, or --rps/],
    [
      "two kinds of traffic",
      ["--config", "router.yaml", "--trace", "calls.csv", "--rps", "2"],
      /--rps makes up traffic/,
    ],
    ["nothing to begin with", ["--trace", "calls.csv"], /--config is missing; without it, --model must name/],
    [
      "an SLO nobody understands",
      ["--config", "router.yaml", "--trace", "calls.csv", "--slo", "fast"],
      /--slo: "fast"/,
    ],
    ["a limiter nobody knows", ["--config", "router.yaml", "--trace", "calls.csv", "--limiters", "leaky"], /"leaky"/],
    ["a growth that is none", ["--config", "router.yaml", "--trace", "calls.csv", "--grow", "twice"], /--grow must be/],
    ["a trace that is not there", ["--config", "router.yaml", "--trace", "call.csv"], /there are bad\.csv, calls\.csv/],
    ["a malformed row", ["--config", "router.yaml", "--trace", "bad.csv"], /bad\.csv:5:22: expected the input tokens/],
    [
      "a model without defaults",
      ["--trace", "calls.csv", "--model", "amazon.nova-quantum"],
      /give --max-tokens|not known/,
    ],
    [
      "a profile's id",
      ["--trace", "calls.csv", "--model", "us.amazon.nova-pro-v1:0"],
      /must be the id of a foundation model/,
    ],
    [
      "calls for another model",
      ["--config", "router.yaml", "--trace", "other.csv"],
      /calls name gpt, and the config has chat/,
    ],
    ["a check of nothing", ["--config", "router.yaml", "--trace", "calls.csv", "--check"], /--check needs --slo/],
  ])("says what is wrong with %s, with 2", async (_name, argv, says) => {
    const small = traceText(3, 1_000);
    const files = {
      "router.yaml": configText(1, 60_000),
      "calls.csv": small,
      "bad.csv": `${small}\n2026-01-01T00:00:09Z,many,1,1`,
      "other.csv": `timestamp,model,input,output\n2026-01-01T00:00:00Z,gpt,1,1`,
    };

    const { code, out, err } = await ran(files, "plan", ...argv);

    expect(err).toMatch(says);
    expect([code, out]).toEqual([2, ""]);
  });
});
