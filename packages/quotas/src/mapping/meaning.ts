/** What a quota of a model counts, for which calls. */
export interface ModelMeaning {
  readonly kind: "model";
  readonly unit: "tokens" | "requests" | "inputTokens" | "outputTokens";
  readonly window: "minute" | "day";
  /**
   * `regional`: of calls that stay in their Region and of those in a geography together, as a model's own day quota
   * counted them; the geography's were allowed twice its value.
   */
  readonly scope: "on-demand" | "geo" | "global" | "regional";
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

/** What a quota is known to mean. */
export type KnownMeaning = ModelMeaning | CrossModelDay;

export type Meaning = KnownMeaning | Unmapped | Unrelated;

/** The same text for the same meaning, and for no other: `runtime/claude-sonnet-4.5/geo/standard/tokens/minute`. */
export function meaningKey(meaning: KnownMeaning): string {
  if (meaning.kind === "cross-model-day") return "runtime/all models/day";
  const { endpoint, model, scope, variant, unit, window } = meaning;
  return [endpoint, model, scope, variant, unit, window].join("/");
}
