import { type Config, Estimates, type Failover, openRouter, seededRandom } from "@shardrock/core";
import { failover as usualFailover } from "@shardrock/failover";
import { type LimiterKind, serviceMs as usualServiceMs, VirtualClock } from "@shardrock/simulator";
import type { TraceCall } from "../traces/trace-call.ts";
import { BindingQuotas } from "./binding-quotas.ts";
import { Drive } from "./drive.ts";
import { LoadTimeline } from "./load-timeline.ts";
import { modelNames } from "./model-names.ts";
import { Outcomes } from "./outcomes.ts";
import type { SimulationReport } from "./simulation-report.ts";
import { SimulationRun } from "./simulation-run.ts";
import { withoutStackTraces } from "./stack-traces.ts";
import { Timeline } from "./timeline.ts";
import { type DayLimit, VirtualAws } from "./virtual-aws.ts";

export interface SimulateOptions {
  /** What the router is made from; its quotas are those that AWS enforces. All processes count as one: `instances` is left out. */
  readonly config: Config;
  /** In order of time; taken one by one, never held. */
  readonly calls: AsyncIterable<TraceCall> | Iterable<TraceCall>;
  /** How AWS counts a minute; it does not say. */
  readonly limiter: LimiterKind;
  /** Decides all chance: the same seed and calls give the same report. */
  readonly seed: number;
  /** What a router does when AWS fails; `failover()` unless told. */
  readonly failover?: Failover | undefined;
  /** Cross-model day quotas that AWS enforces; none unless told, because nobody knows them. */
  readonly dayLimits?: readonly DayLimit[] | undefined;
  /** Milliseconds that a model takes to write so many tokens; 500 and 20 for each token unless told, 60 000 at most. */
  readonly serviceMs?: ((outputTokens: number) => number) | undefined;
  /** The model that a call means, by its name in the config. Unless told, what it names, or an id of it, or the only one there is. */
  readonly modelOf?: ((call: TraceCall) => string | undefined) | undefined;
  /** Told now and then, in virtual time and calls so far. */
  readonly onProgress?: ((progress: SimulationProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SimulationProgress {
  readonly calls: number;
  readonly atMs: number;
}

/** Calls between two tellings of progress. */
const progressEvery = 10_000;

/**
 * Plays calls through the production router, book, waiting room and failover in virtual time, against an AWS that
 * enforces the config's quotas. Takes as much memory for a day as for a minute.
 * @throws {ConfigError} `config-invalid`, when the config makes no router.
 * @throws what the calls threw, and the signal's reason.
 */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  const { limiter, seed, failover = usualFailover(), serviceMs = usualServiceMs, dayLimits } = options;
  const config: Config = { ...options.config, instances: 1 };
  const [clock, timeline] = [new VirtualClock(), new Timeline()];
  const load = new LoadTimeline(timeline);
  using open = openRouter(config, { clock, failover, random: seededRandom(seed) });
  const { fleet, ledger } = open;
  const [windowMs, random] = [config.windows.minuteMs, seededRandom(seed + 1)];
  const aws = new VirtualAws({ fleet, limiter, windowMs, random, timeline, dayLimits });
  const modelOf = options.modelOf ?? modelNames(fleet);
  const { maxTokens } = config;
  const isFilled = maxTokens.unset === "learned";
  const estimates = isFilled ? new Estimates({ fleet, clock, maxTokens, minuteMs: windowMs }) : undefined;
  const run = new SimulationRun({ open, clock, aws, timeline: load, serviceMs, estimates, modelOf });
  const loads = [...run.loads.values()];
  const binding = new BindingQuotas({ ledger, aws, loads });
  const spanMs = await drive(options, { clock, run, binding });
  const total = new Outcomes();
  for (const each of loads) each.addTo(total);
  return {
    seed,
    limiter,
    spanMs,
    endedMs: clock.monotonicMs(),
    ...total.report(),
    unknownModels: run.unknownModels,
    attempts: run.attempts,
    throttled: run.throttled,
    waitCurve: total.waits.curve(),
    peak: load.peak,
    models: loads.map((each) => each.report()),
    quotas: aws.uses.map((use) => use.report(spanMs)),
    load: load.report(),
  };
}

interface Driven {
  readonly clock: VirtualClock;
  readonly run: SimulationRun;
  readonly binding: BindingQuotas;
}

/** Plays all calls. @returns ms from the first to the last, 1 at least. */
async function drive({ calls, signal, onProgress }: SimulateOptions, { clock, run, binding }: Driven): Promise<number> {
  let [offered, firstMs, lastMs] = [0, 0, 0];
  const time = new Drive({
    clock,
    calls,
    signal,
    beforeMs: (atMs) => binding.lookBefore(atMs),
    isIdle: () => run.isIdle,
    onCall: (call) => {
      lastMs = clock.monotonicMs();
      if (offered === 0) firstMs = lastMs;
      offered += 1;
      if (offered % progressEvery === 0) onProgress?.({ calls: offered, atMs: lastMs });
      run.start(call);
    },
  });
  await withoutStackTraces(() => time.run());
  return Math.max(1, lastMs - firstMs);
}
