import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { fakeHost, type FakeHost } from "../../command-line/host.test.kit.ts";
import { main } from "../../command-line/main.ts";

const traffic = ["--rps", "20", "--duration", "60s", "--input", "1155,4083", "--output", "211,451"];

async function shardrock(host: FakeHost, ...argv: readonly string[]) {
  const before = { out: host.stdout.text.length, err: host.stderr.text.length };
  const code = await main(argv, host);
  return { code, out: host.stdout.text.slice(before.out), err: host.stderr.text.slice(before.err) };
}

it("generates a trace, fits it, generates one like it, and shows both alike", async () => {
  using host = fakeHost();
  const long = ["--rps", "50", "--duration", "10m", "--input", "1155,4083", "--output", "211,451"];

  const made = await shardrock(host, "generate", ...long, "--tenant", "web=3,batch=1", "--out", "a.csv.gz");
  const fitted = await shardrock(host, "fit", "a.csv.gz", "--out", "a.json");
  const again = await shardrock(host, "generate", "--profile", "a.json", "--seed", "9", "--out", "b.jsonl");
  const [one, other] = [
    await shardrock(host, "trace", "a.csv.gz", "--json"),
    await shardrock(host, "trace", "b.jsonl", "--json"),
  ];

  expect([made, fitted, again, one, other].map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  expect(made.out).toMatch(/^a\.csv\.gz: \d+ calls\n$/);
  expect(fitted).toMatchObject({ out: "", err: expect.stringMatching(/^a\.json: fitted to \d+ calls\n$/) as string });
  const [first, second] = [one, other].map(({ out }) => JSON.parse(out) as Shown);
  expect(second?.callsPerSecond).toBeCloseTo(first?.callsPerSecond ?? 0, -1);
  expect((second?.input.mean ?? 0) / (first?.input.mean ?? 1)).toBeCloseTo(1, 1);
  expect(Object.keys(second?.tenants.counts ?? {})).toEqual(["web", "batch"]);
  expect(first?.formats).toEqual(["csv"]);
  expect(second?.formats).toEqual(["jsonl"]);
});

interface Shown {
  readonly callsPerSecond: number;
  readonly input: { readonly mean: number };
  readonly tenants: { readonly counts: object };
  readonly formats: readonly string[];
}

it("writes the same bytes for the same seed, to stdout and to a file, packed or not", async () => {
  using host = fakeHost();

  const { out } = await shardrock(host, "generate", ...traffic);
  const same = await shardrock(host, "generate", ...traffic, "--seed", "1");
  const other = await shardrock(host, "generate", ...traffic, "--seed", "2");
  await shardrock(host, "generate", ...traffic, "--out", "a.csv");
  await shardrock(host, "generate", ...traffic, "--out", "a.csv.gz");

  expect(out).toMatch(
    /^timestamp,model,tenant,input,output,max_tokens,priority\n2026-01-01T00:00:00\.000Z,,,\d+,\d+,,0\n/,
  );
  expect(same.out).toBe(out);
  expect(other.out).not.toBe(out);
  expect(readFileSync(join(host.workingDirectory, "a.csv"), "utf8")).toBe(out);
  expect(gunzipSync(readFileSync(join(host.workingDirectory, "a.csv.gz"))).toString()).toBe(out);
});

it("leaves no file behind when generating is interrupted", async () => {
  using host = fakeHost();
  host.controller.abort(new DOMException("interrupted", "AbortError"));

  const { code, err } = await shardrock(host, "generate", ...traffic, "--out", "a.csv");

  expect(code).toBe(130);
  expect(err).toBe("interrupted\n");
  expect(readdirSync(host.workingDirectory)).toEqual([]);
});

it("shows what a trace holds", async () => {
  using host = fakeHost();
  const rows = ["chat,web,100,20,1000", "chat,web,300,40,", "code,,500,60,"];
  const text = rows.map((row, second) => `2026-01-01T00:00:0${second}Z,${row}`).join("\n");
  writeFileSync(join(host.workingDirectory, "t.csv"), `timestamp,model,tenant,input,output,max_tokens\n${text}\n`);

  const { code, out, err } = await shardrock(host, "trace", "t.csv");

  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/calls +3 over 2 s, from 2026-01-01T00:00:00\.000Z \(csv\)/);
  expect(out).toMatch(/rate +1 a second; busiest minute 3 calls/);
  expect(out).toMatch(/input +300 +300 +500 +500 +500\n/);
  expect(out).toMatch(/max_tokens \(33\.3 % set it\) +1,000/);
  expect(out).toMatch(/chat +2 +66\.7 %\ncode +1 +33\.3 %/);
  expect(out).toMatch(/web +2 +66\.7 %\n\(not named\) +1 +33\.3 %/);
});

it("points at a malformed row, and goes on past it when asked to", async () => {
  using host = fakeHost();
  writeFileSync(join(host.workingDirectory, "t.csv"), "timestamp,input,output\n1,1,1\n2,x,1\n3,1,1\n");

  const bad = await shardrock(host, "trace", "t.csv");
  const skipped = await shardrock(host, "trace", "t.csv", "--skip-bad-rows", "--json");

  expect(bad).toEqual({ code: 2, out: "", err: 'error: t.csv:3:3: expected the input tokens: a whole number from 0 up, found "x"\n' }); // prettier-ignore
  expect(skipped).toMatchObject({ code: 0, err: "1 bad or late rows were skipped\n" });
  expect(JSON.parse(skipped.out)).toMatchObject({ calls: 2, badRows: 1, start: null });
});

it.each([
  [["generate", "--rps", "3"], /--input is missing; it is needed unless --profile gives it\nUsage: shardrock generate/],
  [["generate", ...traffic, "--rps", "0"], /--rps must be a number above 0 and at most 1000000, got "0"/],
  [["generate", ...traffic, "--input", "100"], /--input must be 2 numbers with a comma between them, got "100"/],
  [["generate", ...traffic, "--input", "100,900"], /--input must have a p95 from 1 to 3\.87 times the mean/],
  [["generate", ...traffic, "--duration", "soon"], /--duration must be a time such as 90s, 15m, 1h or 1d, got "soon"/],
  [["generate", ...traffic, "--tenant", "a=0"], /--tenant must be a name, or names with shares such as a=3,b=1/],
  [["generate", ...traffic, "--start", "7"], /--start must be a time such as 2026-01-01T00:00:00Z, got "7"/],
  [["generate", ...traffic, "--shape", "stedy"], /'stedy' is invalid\. Allowed choices are steady/],
  [["generate", "--profile", "none.json"], /none\.json: there is no such file or folder/],
  [
    ["generate", "--profile", "bad.json"],
    /bad\.json: expected a profile as `shardrock fit` writes it:\n[\s\S]*callsPerSecond/,
  ],
  [
    ["generate", "--profile", "text.json"],
    /text\.json: expected a profile as `shardrock fit` writes it, found no JSON/,
  ],
  [
    ["generate", ...traffic, "--out", "no/such/folder.csv"],
    /folder\.csv.*: there is no such file or folder; nor is there a folder .*no\/such\n/,
  ],
  [["trace", "none.csv"], /none\.csv: there is no such file or folder; in .* there are one\.csv\n/],
  [["trace", "bad.json", "--sort-rows", "-1"], /--sort-rows must be a whole number from 0 up and at most 10000000/],
  [["fit", "one.csv"], /one\.csv: a rate needs two calls/],
] as const)("ends %j with 2 and says what is wrong", async (argv, says) => {
  using host = fakeHost();
  writeFileSync(join(host.workingDirectory, "bad.json"), '{"profile":"shardrock-traffic/1"}');
  writeFileSync(join(host.workingDirectory, "text.json"), "SECRET");
  writeFileSync(join(host.workingDirectory, "one.csv"), "timestamp,input,output\n1,1,1\n");

  const { code, out, err } = await shardrock(host, ...argv);

  expect(err).toMatch(says);
  expect(err).not.toMatch(/SECRET|^\s+at /m);
  expect([code, out]).toEqual([2, ""]);
  expect(existsSync(join(host.workingDirectory, "no"))).toBe(false);
});
