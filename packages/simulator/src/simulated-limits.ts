/** The limits of a quota, per minute; what is left out has none, or stays as it is. */
export interface SimulatedLimits {
  /** Of bedrock-runtime; 0 puts the account on hold. */
  readonly tokensPerMinute?: number;
  readonly requestsPerMinute?: number;
  /** Of bedrock-mantle; 0 puts the account on hold. */
  readonly inputTokensPerMinute?: number;
  readonly outputTokensPerMinute?: number;
}
