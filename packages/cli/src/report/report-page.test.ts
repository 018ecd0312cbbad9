import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { PlanReport, ReplayReport } from "../plan/plan-report.ts";
import { reportPage } from "./report-page.ts";
import { examplePlan, exampleReplay } from "./report.test.kit.ts";
import { writeReport } from "./write-report.ts";

describe("a report's page", () => {
  let plan: PlanReport;
  let replay: ReplayReport;

  beforeAll(async () => {
    plan = await examplePlan();
    replay = await exampleReplay();
  }, 30_000);

  it("has the same bytes for the same report", () => {
    expect(reportPage(structuredClone(plan))).toBe(reportPage(plan));
  });

  it("has no script, no address of another place, and a policy that lets in its own style only", () => {
    for (const page of [reportPage(plan), reportPage(replay)]) {
      const [, style = ""] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
      const hash = createHash("sha256").update(style).digest("base64");

      expect(page).toContain(`default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;`);
      expect(page).not.toMatch(/<script|<link|<img|\ssrc=|\sstyle=|url\(|@import|https?:|\son\w+=/i);
      expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
    }
  });

  it("escapes every name that comes from a file", () => {
    const hostile = `<img src=x onerror="alert(1)">`;
    const [first] = plan.loads;
    if (first === undefined) throw new Error("a plan has a load");
    const quotas = first.case.quotas.map((quota) => ({ ...quota, models: [hostile], accountId: hostile }));
    const page = reportPage({
      ...plan,
      config: { ...plan.config, name: hostile, models: [hostile], regions: [hostile] },
      traffic: { ...plan.traffic, says: hostile },
      slo: hostile,
      loads: [{ ...first, case: { ...first.case, name: hostile, binding: hostile, quotas } }],
      whatIfs: plan.whatIfs.map((each) => ({ ...each, name: hostile })),
      assumptions: [hostile],
      warnings: [hostile],
    });

    expect(page).not.toContain("<img");
    expect(page).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
  });

  it("tells all that a plan found out", () => {
    const page = reportPage(plan).replaceAll("\u00A0", " ");

    for (const told of [
      "4 accounts are needed: there are 3.",
      "No number of accounts up to 24 meets it.",
      "calls larger than the quota carries",
      "times 1.35",
      "81,000, now 60,000",
      "120, as it is",
      "account 333333333333 lost",
      "max_tokens halved",
      "222222222222<br>us-west-2",
      "Quotas that bind",
      ...plan.assumptions,
      ...plan.warnings,
      "the seeds 1, 2",
      "bucket25, sliding60",
    ]) {
      expect(page).toContain(told);
    }
  });

  it("says how many runs each case stands on", () => {
    const whatIfs = plan.whatIfs.map((each) => ({ ...each, runs: each.runs.slice(0, 2) }));
    const page = reportPage({ ...plan, whatIfs }).replaceAll("\u00A0", " ");

    expect(page).toContain("All 4 runs: The traffic as given");
    expect(page).toContain("All 2 runs: max_tokens halved");
  });

  it("tells two configs side by side, each with its charts", () => {
    const page = reportPage(replay).replaceAll("\u00A0", " ");

    expect(page).toContain("three.yaml against two.yaml");
    expect(page).toContain("Tokens per minute, under three.yaml");
    expect(page).toContain("Tokens per minute, under two.yaml");
    expect(page).toContain("All 4 runs: two.yaml");
    expect(page).not.toContain("as it is");
    expect(page).toMatch(/−\d[\d.]* points/);
  });

  it("says so where nobody waits, and where no run is told whole", () => {
    const [first] = plan.loads;
    if (first === undefined || first.case.detail === null) throw new Error("the traffic as given is told whole");
    const waitCurve = first.case.detail.waitCurve.map(({ share }) => ({ share, ms: 0 }));
    const quotas = first.case.quotas.map((quota) => ({ ...quota, bound: { typical: 0, least: 0, most: 0 } }));
    const quiet = { ...first.case, quotas, detail: { ...first.case.detail, waitCurve } };

    const page = reportPage({ ...plan, loads: [{ ...first, case: quiet }] });
    const short = reportPage({
      ...plan,
      slo: null,
      increase: [],
      loads: [{ ...first, case: { ...quiet, detail: null } }],
    });

    expect(page).toContain("No call waited in the typical run.");
    expect(page).toContain("No quota kept a call waiting in any run.");
    expect(short).not.toContain("What it takes");
    expect(short).toContain("What becomes of the same calls");
  });

  it("is written whole, under its name only", async () => {
    const folder = mkdtempSync(join(tmpdir(), "shardrock-report-"));

    await writeReport(plan, join(folder, "out.html"));
    await expect(writeReport(plan, join(folder, "not.html"), AbortSignal.abort())).rejects.toThrow(/abort/i);

    expect(readFileSync(join(folder, "out.html"), "utf8")).toBe(reportPage(plan));
    expect(readdirSync(folder)).toEqual(["out.html"]);
  });
});
