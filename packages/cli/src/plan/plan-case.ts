import type { QuotaReport } from "../simulation/quota-use.ts";
import type { SimulationReport } from "../simulation/simulation-report.ts";
import { bindingOf } from "./binding.ts";
import type { CaseQuota, PlanCase, RunFacts } from "./plan-report.ts";
import { quotaPlaceOf } from "./quota-place.ts";
import { meetsSlo, type Slo } from "./slo.ts";
import { spreadOf } from "./spread.ts";

/** What all runs of a case amount to. @param reports - at least one. */
export function planCase(name: string, reports: readonly SimulationReport[], slo: Slo | undefined): PlanCase {
  const over = (figure: (report: SimulationReport) => number): ReturnType<typeof spreadOf> =>
    spreadOf(reports.map(figure));
  const share = (count: (report: SimulationReport) => number): ReturnType<typeof spreadOf> =>
    over((report) => count(report) / Math.max(1, report.offered));
  const runs = reports.map((report) => runFacts(report, slo));
  const quotas = caseQuotas(reports);
  return {
    name,
    isMet: slo === undefined ? null : runs.every(({ isMet }) => isMet === true),
    runsMet: runs.filter(({ isMet }) => isMet === true).length,
    offered: over(({ offered }) => offered),
    served: share(({ served }) => served),
    delayed: share(({ delayed }) => delayed),
    refused: share(({ refused }) => refused),
    lost: share(({ tooLarge, nowhere, failed }) => tooLarge + nowhere + failed),
    throttled: over(({ throttled, attempts }) => throttled / Math.max(1, attempts)),
    waits: {
      mean: over(({ waits }) => waits.meanMs),
      p50: over(({ waits }) => waits.p50Ms),
      p90: over(({ waits }) => waits.p90Ms),
      p95: over(({ waits }) => waits.p95Ms),
      p99: over(({ waits }) => waits.p99Ms),
      longest: over(({ waits }) => waits.longestMs),
    },
    quotas,
    binding: bindingOf(quotas),
    runs,
    detail: null,
  };
}

/** With everything of its typical run: the one in the middle, by calls served and then by their waits. */
export function withDetail(planned: PlanCase, reports: readonly SimulationReport[]): PlanCase {
  const sorted = reports.toSorted(
    (one, other) =>
      other.served / Math.max(1, other.offered) - one.served / Math.max(1, one.offered) ||
      one.waits.p99Ms - other.waits.p99Ms,
  );
  return { ...planned, detail: sorted[Math.floor((sorted.length - 1) / 2)] ?? null };
}

function runFacts(report: SimulationReport, slo: Slo | undefined): RunFacts {
  const { seed, limiter, offered, served, refused, waits } = report;
  return {
    seed,
    limiter,
    isMet: slo === undefined ? null : meetsSlo(slo, report),
    served: served / Math.max(1, offered),
    refused: refused / Math.max(1, offered),
    p95WaitMs: waits.p95Ms,
    p99WaitMs: waits.p99Ms,
  };
}

function caseQuotas(reports: readonly SimulationReport[]): readonly CaseQuota[] {
  const [first] = reports;
  return (first?.quotas ?? []).map((quota, place): CaseQuota => {
    const all = reports.flatMap(({ quotas, spanMs }) => {
      const own = quotas[place];
      return own?.key === quota.key ? [{ own, spanMs }] : [];
    });
    const over = (figure: (own: QuotaReport, spanMs: number) => number): ReturnType<typeof spreadOf> =>
      spreadOf(all.map(({ own, spanMs }) => figure(own, spanMs)));
    const begun = all.flatMap(({ own }) => (own.firstBoundAtMs === undefined ? [] : [own.firstBoundAtMs]));
    const { key, accountId, region, endpoint, unit, models, limit, windowMs } = quota;
    return {
      key,
      accountId,
      region,
      endpoint,
      scope: quotaPlaceOf(key).scope,
      unit,
      models,
      limit,
      windowMs,
      utilisation: over(({ utilisation }) => utilisation),
      peakUtilisation: over(({ peakUtilisation }) => peakUtilisation),
      throttled: over(({ throttled }) => throttled),
      bound: over(({ boundMs }, spanMs) => Math.min(1, boundMs / spanMs)),
      firstBoundAtMs: begun.length === 0 ? null : Math.min(...begun),
    };
  });
}
