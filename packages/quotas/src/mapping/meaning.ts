/** What a quota of a model counts, for which calls. */
export interface ModelMeaning {
  readonly kind: "model";
  readonly unit: "tokens" | "requests" | "inputTokens" | "outputTokens";
  readonly window: "minute" | "day";
  readonly scope: "on-demand" | "geo" | "global";
  readonly endpoint: "runtime" | "mantle";
  /** The model's name as words that no spelling changes, such as `claude-sonnet-4.5`. */
  readonly model: string;
  /** `long-context`: of calls beyond the usual context; `latency-optimized`: of calls that ask for it. */
  readonly variant: "standard" | "long-context" | "latency-optimized";
}

/** The ceiling on what all models of the runtime endpoint take in a day, weighed by price. */
export interface CrossModelDay {
  readonly kind: "cross-model-day";
}

/** AWS speaks of inference, but what exactly is not known: it is reported and never guessed. */
export interface Unmapped {
  readonly kind: "unmapped";
  readonly reason: string;
}

/** A quota of something else: how many guardrails there may be, how often they may be listed. */
export interface Unrelated {
  readonly kind: "unrelated";
}

export type Meaning = ModelMeaning | CrossModelDay | Unmapped | Unrelated;
