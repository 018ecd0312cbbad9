import type { DemandRecord } from "./demand.ts";
import type { EnforcementRecord } from "./enforcement.ts";
import type { KnownLimit } from "./known-limit.ts";
import type { MurkyTime } from "./murky-times.ts";
import type { PauseRecord } from "./pause.ts";

/** All that a `LearnedLimit` has learned. */
export interface LearnedRecord {
  readonly known: KnownLimit;
  readonly enforcement: EnforcementRecord;
  readonly pause: PauseRecord;
  readonly murky: readonly MurkyTime[];
  readonly demand: DemandRecord;
}
