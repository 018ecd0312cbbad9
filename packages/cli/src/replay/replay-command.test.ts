import { expect, it } from "vitest";
import type { ReplayReport } from "../plan/plan-report.ts";
import { configText, ran, traceText } from "../plan/plan.test.kit.ts";

const files = {
  "a.yaml": configText(1, 25_000),
  "b.yaml": configText(3, 25_000),
  "calls.csv": traceText(300, 1_000),
};
const argv = ["replay", "a.yaml", "b.yaml", "--trace", "calls.csv", "--seeds", "2", "--limiters", "bucket100"];

it("shows two configs on one trace, with what differs run by run", async () => {
  const { code, out, err } = await ran(files, ...argv, "--json");
  const { cases, differences, configs } = JSON.parse(out) as ReplayReport;

  expect([code, err]).toEqual([0, ""]);
  expect(configs.map(({ name, accounts }) => [name, accounts])).toEqual([
    ["a.yaml", 1],
    ["b.yaml", 3],
  ]);
  // One account carries 25 of 60 calls a minute, three carry all.
  expect(cases[0].served.most).toBeLessThan(0.7);
  expect(cases[1].served).toEqual({ typical: 1, least: 1, most: 1 });
  const [served] = differences;
  expect(served?.name).toBe("served");
  expect(served?.change.typical).toBeCloseTo(1 - cases[0].served.typical, 9);
  expect(cases.map(({ runs }) => runs.map(({ seed }) => seed))).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(cases.every(({ detail }) => detail?.load.calls.reduce((sum, calls) => sum + calls, 0) === 300)).toBe(true);
});

it("finds no difference between a config and itself", async () => {
  const { out } = await ran(files, "replay", "a.yaml", "a.yaml", ...argv.slice(3), "--json");
  const { differences } = JSON.parse(out) as ReplayReport;

  expect(differences.every(({ change }) => change.least === 0 && change.most === 0)).toBe(true);
});

it("ends with 3 when the second config misses the SLO, and only then", async () => {
  const slo = ["--slo", "served >= 99%"];
  const [worse, better] = [
    await ran(files, "replay", "b.yaml", "a.yaml", ...argv.slice(3), ...slo),
    await ran(files, ...argv, ...slo),
  ];

  expect([worse.code, better.code]).toEqual([3, 0]);
  expect(worse.out).toMatch(/a\.yaml .* missed, 0 of 2 runs/);
});

it("prints the same bytes twice", async () => {
  expect(await ran(files, ...argv)).toEqual(await ran(files, ...argv));
});

it.each([
  ["one config only", ["replay", "a.yaml", "--trace", "calls.csv"], /missing required argument 'second'/],
  ["no trace", ["replay", "a.yaml", "b.yaml"], /required option '--trace <file>' not specified/],
  [
    "a config that is not there",
    ["replay", "a.yaml", "c.yaml", "--trace", "calls.csv"],
    /c\.yaml: there is no such file or folder; in .* there are a\.yaml, b\.yaml/,
  ],
])("says what is wrong with %s, with 2", async (_name, argv, says) => {
  const { code, out, err } = await ran(files, ...argv);

  expect(err).toMatch(says);
  expect([code, out]).toEqual([2, ""]);
});
