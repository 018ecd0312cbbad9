import type { LimiterKind } from "@shardrock/simulator";
import type { LoadReport, PeakReport } from "./load-timeline.ts";
import type { ModelReport } from "./model-load.ts";
import type { OutcomeReport } from "./outcomes.ts";
import type { QuotaReport } from "./quota-use.ts";
import type { WaitPoint } from "./wait-times.ts";

/** What became of a trace. Plain data: the same seed and calls give the same bytes. */
export interface SimulationReport extends OutcomeReport {
  readonly seed: number;
  /** How AWS was taken to count a minute. */
  readonly limiter: LimiterKind;
  /** From the first call to the last, in ms, 1 at least. */
  readonly spanMs: number;
  /** When the last call had ended, in ms of the run. */
  readonly endedMs: number;
  /** Calls left out, because they mean no model of the config; not in `offered`. */
  readonly unknownModels: number;
  /** Attempts at AWS, and those it refused. */
  readonly attempts: number;
  readonly throttled: number;
  /** Waits of the calls that were served, by share of them. */
  readonly waitCurve: readonly WaitPoint[];
  readonly peak: PeakReport;
  readonly models: readonly ModelReport[];
  readonly quotas: readonly QuotaReport[];
  readonly load: LoadReport;
}
