import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ShardrockConfig, systemClock } from "@shardrock/core";
import { type SimulatedFleet, type SimulatedFleetOptions, startSimulatedFleet } from "@shardrock/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandContext } from "../command-line/command-context.ts";
import { CommandInput, type OptionValue } from "../command-line/command-input.ts";
import { runQuotas } from "./quotas-command.ts";

const accountId = "111111111111";
const tokensCode = "L-15B8E632";
const load = "600000,1500000,300,800,1500,300";
const folder = mkdtempSync(join(tmpdir(), "shardrock-quotas-"));
const keys = { AWS_ACCESS_KEY_ID: "AKIASIMULATEDHOST", AWS_SECRET_ACCESS_KEY: "simulated" };
const before = Object.entries(keys).map(([key]) => [key, process.env[key]] as const);

beforeAll(() => void Object.assign(process.env, keys));
afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const [key, value] of before) {
    if (value === undefined) delete process.env[key];
    else process.env[key] = value;
  }
});

function startFleet(options: Partial<SimulatedFleetOptions> = {}): Promise<SimulatedFleet> {
  return startSimulatedFleet({
    accounts: [{ id: accountId, tokensPerMinute: { "us-east-1": 6_500_000 } }],
    discovery: {},
    ...options,
  });
}

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  readonly questions: readonly string[];
}

let files = 0;

async function run(
  { bareConfig }: SimulatedFleet,
  options: Readonly<Record<string, OptionValue>>,
  { typed = "", signal = new AbortController().signal, change = {} }: Typing = {},
): Promise<Ran> {
  const config = { ...bareConfig, accounts: [{ id: accountId, regions: ["us-east-1"] }], ...change };
  const path = join(folder, `router-${(files += 1)}.json`);
  writeFileSync(path, JSON.stringify(config));
  const [out, err, questions]: [string[], string[], string[]] = [[], [], []];
  const to = (lines: string[]) => ({
    isTTY: false,
    columns: undefined,
    write: async (text: string) => void lines.push(text),
  });
  const host = { stdout: to(out), stderr: to(err), env: {}, workingDirectory: folder, signal };
  const input = new CommandInput([], new Map(Object.entries({ config: path, ...options })));
  const exitCode = await runQuotas(input, commandContext(host, options["json"] === true), async (question) => {
    questions.push(question);
    return typed;
  });
  return { exitCode, out: out.join(""), err: err.join(""), questions };
}

interface Typing {
  readonly typed?: string;
  readonly signal?: AbortSignal;
  readonly change?: Partial<ShardrockConfig>;
}

/** Requests AWS has got. */
const asked = ({ serviceQuotas }: SimulatedFleet) =>
  serviceQuotas
    ?.history({ accountId, region: "us-east-1" }, 0)
    .map(({ row, desiredValue }) => [row.code, desiredValue] as const);

const atOnce = { least: -60_000, most: -60_000 };

const increase = { increase: true, tokens: "2x", load };

// Reading takes its time, by the rates AWS publishes.
describe.concurrent("shardrock quotas", () => {
  it("shows what is applied, what is only the default, and that its book is idle", async () => {
    await using fleet = await startFleet();

    const { exitCode, out } = await run(fleet, { json: true });

    expect(exitCode).toBe(0);
    const { book, places } = JSON.parse(out) as { book: string; places: { quotas: object[]; unmapped: object[] }[] };
    expect(book).toBe("idle");
    expect(places).toHaveLength(1);
    const quota = { model: "anthropic.claude-sonnet-4-6", scope: "geo" };
    expect(places[0]?.quotas).toMatchObject([
      { ...quota, unit: "tokens", limitPerMinute: 6_500_000, from: "applied", headroom: null },
      { ...quota, unit: "requests", from: "default" },
    ]);
    expect(places[0]?.unmapped).toEqual([]);
  });

  it("tells the busiest minute of others and what is left above it, and calls no model itself", async () => {
    await using fleet = await startFleet({ discovery: { metrics: { delayMs: atOnce } } });
    const place = { accountId, region: "us-east-1", endpoint: "runtime", modelId: fleet.modelId } as const;
    const fiveMinutesAgo = systemClock.monotonicMs() - 300_000;
    fleet.metrics?.count(place, { EstimatedTPMQuotaUsage: 1_625_000, Invocations: 100 }, fiveMinutesAgo);

    const { out } = await run(fleet, { json: true });

    const { places } = JSON.parse(out) as { places: { quotas: object[] }[] };
    expect(places[0]?.quotas[0]).toMatchObject({ unit: "tokens", peakPerMinute: 1_625_000, headroom: 0.75 });
    expect(fleet.aws.stats().targets).toEqual([]);
  });

  it("prints a table for people that says the book is idle", async () => {
    await using fleet = await startFleet();

    const { out } = await run(fleet, {});

    expect(out).toMatch(/^idle book: this process makes no calls/);
    expect(out).toMatch(/111111111111 +us-east-1 +anthropic\.claude-sonnet-4-6 +geo +tokens +6,500,000 +applied/);
  });

  it("tells a place that cannot be read, and ends with 4", async () => {
    await using fleet = await startFleet();
    const role = { role: { name: "shardrock-shared", externalId: "another" } };

    const { exitCode, out, err } = await run(fleet, {}, { change: role });

    expect({ exitCode, out }).toEqual({ exitCode: 4, out: "" });
    expect(err).toContain(`${accountId} us-east-1: cannot be read: account ${accountId}: no credentials`);
  });

  it("looks again and again with --watch, until it is stopped", async () => {
    const stop = new AbortController();
    await using fleet = await startFleet();
    const running = run(fleet, { watch: true, every: "10s" }, { signal: stop.signal });
    await expect
      .poll(() => fleet.aws.stats().control.some(({ operation }) => operation === "GetMetricData"))
      .toBe(true);

    stop.abort(new DOMException("interrupted", "AbortError"));

    await expect(running).rejects.toThrow("interrupted");
  });
});

describe.concurrent("shardrock quotas --increase", () => {
  it("prepares requests in the words of AWS's form, and sends nothing", async () => {
    await using fleet = await startFleet();

    const { exitCode, out, questions } = await run(fleet, { ...increase, "use-case": "claims" });

    expect(exitCode).toBe(0);
    expect(out).toContain(`Account No: ${accountId}, Region: us-east-1: ask for 13,000,000 tokens`);
    expect(out).toContain("Use case description: claims");
    expect(out).toContain("1 to ask, 0 not. Nothing is sent without --submit.");
    expect({ asked: asked(fleet), questions }).toEqual({ asked: [], questions: [] });
  });

  it.each(["", "yes", "send 2 requests", "Send 1 request"])(
    "sends nothing with --submit when %j is typed",
    async (typed) => {
      await using fleet = await startFleet();

      const { exitCode, questions, err } = await run(fleet, { ...increase, submit: true }, { typed });

      expect({ exitCode, asked: asked(fleet) }).toEqual({ exitCode: 1, asked: [] });
      expect(questions).toEqual(['Type "send 1 request" to hand it in at AWS: ']);
      expect(err).toContain("nothing was sent");
    },
  );

  it("sends what was shown once the sentence is typed", async () => {
    await using fleet = await startFleet();

    const { exitCode, out, err } = await run(fleet, { ...increase, submit: true }, { typed: "send 1 request" });

    expect(exitCode).toBe(0);
    expect(asked(fleet)).toEqual([[tokensCode, 13_000_000]]);
    expect(err).toContain("ask for 13,000,000 tokens");
    expect(out).toMatch(/^taken: 111111111111 us-east-1 .*to 13,000,000; request \S+, PENDING/);
  });

  it.each([
    [{ increase: true, load }, "--increase needs --tokens or --requests"],
    [{ increase: true, tokens: "2x" }, "--increase needs --load"],
    [{ increase: true, tokens: "many", load }, "--tokens must be a whole number such as 4000000, or a factor"],
    [{ submit: true }, "--submit is for --increase"],
    [{ ...increase, watch: true }, "--watch is not for --increase"],
    [{ every: "1s" }, "--every must be 10s or more"],
    [{ model: "nova" }, "--model must be one of chat"],
    [{ account: "222222222222" }, `meant by --account and --region; it has ${accountId} us-east-1`],
  ])("refuses %j", async (options, message) => {
    await using fleet = await startFleet();

    await expect(run(fleet, options)).rejects.toThrow(message);
  });
});
