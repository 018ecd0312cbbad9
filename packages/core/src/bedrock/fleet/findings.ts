import type { Target } from "../../budget/target.ts";
import type { CeilingOf, MinuteUnit } from "./quota-ceiling.ts";

/** One account and source Region. */
export interface QuotaPlace {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
}

/** Whose quota is asked for. */
export interface FoundCeilingOf extends CeilingOf {
  readonly endpoint: Target["endpoint"];
  /** The foundation model's id. */
  readonly baseModelId: string;
}

/** An id by which a model is reached. */
export interface FoundId {
  readonly id: string;
  readonly endpoint: Target["endpoint"];
}

/** What AWS tells of accounts that nobody has to type in. Undefined, or empty: not known, which is never a 0. */
export interface Findings {
  /** What AWS applies, in units a minute; 0: the account is on hold. */
  ceiling(unit: MinuteUnit, of: FoundCeilingOf): number | undefined;
  /** Regions where a profile may run what is sent to it there. */
  destinations(modelId: string, place: QuotaPlace): readonly string[] | undefined;
  /** Every id by which a foundation model is reached there: its own, and those of its profiles. */
  idsOf(model: string, place: QuotaPlace): readonly FoundId[];
}

/** Where AWS has told nothing yet. */
export const noFindings: Findings = {
  ceiling: () => undefined,
  destinations: () => undefined,
  idsOf: () => [],
};
