import { writeFileWhole } from "../command-line/write-file.ts";
import type { PlanReport, ReplayReport } from "../plan/plan-report.ts";
import { reportPage } from "./report-page.ts";

/**
 * Writes a report as one self-contained HTML file, whole or not at all.
 * @param signal - when it aborts, nothing is left of it.
 * @throws what the file system throws.
 */
export async function writeReport(
  report: PlanReport | ReplayReport,
  path: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  await writeFileWhole(path, [reportPage(report)], signal);
}
