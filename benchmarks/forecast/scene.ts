import type { LimiterKind, SimulatedAccount } from "@shardrock/simulator";

/** What is forecast, and tried. */
export interface Setting {
  /** Times what the quotas carry together. */
  readonly load: number;
  readonly limiter: LimiterKind;
}

/** One real run, and what it is made from. */
export interface RealRun extends Setting {
  /** Of the simulated AWS: when its windows begin. */
  readonly seed: number;
  /** Holds the trace; the config is written there. */
  readonly folder: string;
}

/** Length of a "minute", in ms: config, simulated AWS and plan count in the same. The model is as slow as ever. */
export const windowMs = 20_000;
/** Half a window, as the default of 30 s is half a minute. */
export const maxWaitMs = 10_000;
export const region = "us-east-1";
/** Charged for a token of an answer, as newer Claude models are. */
export const burndown = 5;

/** Tokens a window, of four accounts. */
const limits = [220_000, 320_000, 240_000, 300_000];

export const accounts: readonly SimulatedAccount[] = limits.map((limit, place) => {
  return { id: String(111_111_111_111 + place), tokensPerMinute: { [region]: limit } };
});

/** What calls look like: mean and 95th percentile of tokens, and what they set as max_tokens. */
export const traffic = {
  input: [1_155, 4_083],
  output: [211, 451],
  maxTokens: 1_000,
  tenants: "web=3,batch=1",
} as const;

/** Calls a second that take `load` times what the quotas carry, on average. */
export function callsPerSecond(load: number): number {
  const summed = limits.reduce((sum, limit) => sum + limit, 0);
  const perCall = traffic.input[0] + traffic.output[0] * burndown;
  return (load * summed) / perCall / (windowMs / 1_000);
}
