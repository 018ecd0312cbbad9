import type { PlanCase } from "../../plan/plan-report.ts";
import type { SimulationReport } from "../../simulation/simulation-report.ts";

/** A case that is shown over time. */
export interface ShownCase {
  readonly name: string;
  readonly case: PlanCase;
  /** Of its typical run. */
  readonly detail: SimulationReport;
}

/** Those of some cases whose typical run is told whole. */
export function shownCases(cases: readonly { readonly name: string; readonly case: PlanCase }[]): readonly ShownCase[] {
  return cases.flatMap((each) => (each.case.detail === null ? [] : [{ ...each, detail: each.case.detail }]));
}

/** A heading's addition where more than one case is shown. */
export function underName({ name }: ShownCase, all: readonly ShownCase[]): string {
  return all.length > 1 ? `, under ${name}` : "";
}
