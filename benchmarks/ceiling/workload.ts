/** The workloads of the simulated world: what callers set as max_tokens, and what an output token takes of the quota. */
export const workloads = {
  tight: { burndown: 1, maxTokensOf: (outputTokens) => outputTokens },
  chat: { burndown: 1, maxTokensOf: () => 1_000 },
  claude: { burndown: 5, maxTokensOf: () => 4_096 },
  careless: { burndown: 5, maxTokensOf: (outputTokens) => Math.min(64 * outputTokens, 8_192) },
} as const satisfies Readonly<Record<string, Workload>>;

export type WorkloadName = keyof typeof workloads;

export interface Workload {
  /** Quota tokens per output token when a call ends. */
  readonly burndown: number;
  maxTokensOf(outputTokens: number): number;
}
