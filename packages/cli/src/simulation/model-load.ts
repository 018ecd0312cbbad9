import type { ServedModel } from "@shardrock/core";
import type { TraceCall } from "../traces/trace-call.ts";
import { MinutePeak } from "./minute-peak.ts";
import { type OutcomeReport, Outcomes } from "./outcomes.ts";

/** What was asked of one model, as AWS's quotas count it, and how it came out. */
export interface ModelReport extends OutcomeReport {
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Most calls that came within a minute of the clock. */
  readonly peakCallsPerMinute: number;
  /** Most quota tokens of calls that came within a minute of the clock: input, and output by its burndown. */
  readonly peakTokensPerMinute: number;
  readonly tenants: readonly TenantReport[];
}

export interface TenantReport extends OutcomeReport {
  /** Undefined: calls that named none. */
  readonly tenant: string | undefined;
}

/** Tenants told apart, of one model; later ones count together under `otherTenants`. */
const mostTenants = 1_000;
export const otherTenants = "(other tenants)";

/** Counts the calls of one model. */
export class ModelLoad {
  readonly model: ServedModel;
  /** Calls that came and have not reached AWS yet. */
  waiting = 0;
  #calls = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #holds = 0;
  readonly #peakCalls = new MinutePeak();
  readonly #peakTokens = new MinutePeak();
  readonly #tenants = new Map<string | undefined, Outcomes>();

  constructor(model: ServedModel) {
    this.model = model;
  }

  /** What a call holds here when it starts, on average, in tokens. */
  get meanHold(): number {
    return this.#calls === 0 ? 0 : this.#holds / this.#calls;
  }

  /** A call comes. @returns where it is counted when it ends. */
  offer({ inputTokens, outputTokens, tenant }: TraceCall, hold: number, nowMs: number): Outcomes {
    this.#calls += 1;
    this.#inputTokens += inputTokens;
    this.#outputTokens += outputTokens;
    this.#holds += hold;
    this.#peakCalls.add(nowMs, 1);
    this.#peakTokens.add(nowMs, inputTokens + outputTokens * this.model.burndown);
    const outcomes = this.#tenants.get(tenant) ?? this.#open(tenant);
    outcomes.offered += 1;
    return outcomes;
  }

  addTo(total: Outcomes): void {
    for (const outcomes of this.#tenants.values()) total.addAll(outcomes);
  }

  report(): ModelReport {
    const total = new Outcomes();
    this.addTo(total);
    return {
      model: this.model.name,
      ...total.report(),
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      peakCallsPerMinute: this.#peakCalls.value,
      peakTokensPerMinute: this.#peakTokens.value,
      tenants: [...this.#tenants].map(([tenant, outcomes]) => ({ tenant, ...outcomes.report() })),
    };
  }

  #open(tenant: string | undefined): Outcomes {
    const name = this.#tenants.size < mostTenants ? tenant : otherTenants;
    const known = this.#tenants.get(name);
    if (known !== undefined) return known;
    const outcomes = new Outcomes();
    this.#tenants.set(name, outcomes);
    return outcomes;
  }
}
