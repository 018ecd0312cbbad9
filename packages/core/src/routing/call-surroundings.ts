import type { Clock } from "../clock.ts";
import type { Affinity } from "./affinity.ts";
import type { CarriedCosts } from "./carried-costs.ts";
import type { Health } from "./health.ts";
import type { Lanes } from "./lanes.ts";
import type { Setting } from "./setting.ts";

/** What all calls of a router share. */
export interface CallSurroundings {
  /** What applies now; another one when the rules have changed. */
  readonly settings: { readonly setting: Setting };
  readonly clock: Clock;
  readonly health: Health;
  readonly carried: CarriedCosts;
  readonly affinity: Affinity;
  readonly lanes: Lanes;
}
