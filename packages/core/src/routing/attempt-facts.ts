/** Token counts as the provider reported them: whole numbers, 0 or more. `inputTokens` leaves cached ones out. */
export interface ReportedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadInputTokens: number;
  readonly cacheWriteInputTokens: number;
}

/** Where token counts come from: the provider, our own estimate, nowhere, or a report nobody can believe. */
export type UsageSource = "reported" | "estimated" | "missing" | "invalid";

/** What a transport learns of one attempt, for its events. Never content, never a secret. */
export interface AttemptFacts {
  /** AWS's id of the request, which CloudTrail has too. */
  readonly requestId?: string | undefined;
  readonly httpStatus?: number | undefined;
  /** Name of AWS's or the network's error, such as `ThrottlingException` or `ECONNRESET`. */
  readonly errorName?: string | undefined;
  /** What AWS asked to wait by `Retry-After`, in ms. */
  readonly retryAfterMs?: number | undefined;
  readonly roleArn?: string | undefined;
  readonly roleSessionName?: string | undefined;
  readonly sourceIdentity?: string | undefined;
  /** Milliseconds until credentials were at hand. */
  readonly credentialsMs?: number | undefined;
  /** Milliseconds from sending to the first content of a stream. */
  readonly firstEventMs?: number | undefined;
  /** What is cached of the prompt, read and written, teaches the call's affinity key. */
  readonly usage?: ReportedUsage | undefined;
  /** The maximum of output tokens that was filled in, because the caller set none; told when the call ended well. */
  readonly filledMaxTokens?: number | undefined;
  /** Unless told: `reported` when the attempt was settled or its usage is known, else `missing`. */
  readonly usageSource?: UsageSource | undefined;
}
