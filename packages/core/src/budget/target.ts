import type { Cost, Quota } from "./quota.ts";

/** Where one call can go: account × Region × endpoint × model or inference-profile id. */
export interface Target {
  /** `account/Region/endpoint/model id`, unique in a router. */
  readonly id: string;
  /** 12 digits. */
  readonly accountId: string;
  /** The source Region: whose endpoint is called and whose quota is spent. */
  readonly region: string;
  readonly endpoint: "runtime" | "mantle";
  /** Model id, inference-profile id or ARN, as sent to AWS. */
  readonly modelId: string;
  /** How the model is reached; undefined where nobody asked. */
  readonly profileType?: "single" | "geo" | "global" | "application";
  /** Regions where the prompt may be processed; undefined means unknown, which residency refuses. */
  readonly destinationRegions: readonly string[] | undefined;
  /** Preference while there is room, above 0; 1 is neutral. */
  readonly weight: number;
  /** Every quota a call here is charged to. */
  readonly quotas: readonly Quota[];
}

/** A target and what one given call would take there. */
export interface Candidate {
  readonly target: Target;
  readonly cost: Cost;
  /**
   * What AWS surely takes of that when the call starts: prompt tokens out of a cache may be free from the start, or only at
   * the end. All of it unless told. Source: two versions of "How tokens are counted in Amazon Bedrock" (read 2026-11-22).
   */
  readonly atLeast?: Cost | undefined;
}
