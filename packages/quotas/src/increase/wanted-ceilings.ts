import type { MinuteUnit } from "@shardrock/core";
import type { IncreaseWish } from "./increase-plan.ts";

/** One ceiling of a wish. */
export interface WantedCeiling {
  readonly option: `${MinuteUnit}PerMinute`;
  readonly unit: MinuteUnit;
  /** Per minute. */
  readonly to: number;
}

/** The ceilings a wish is for. */
export function wantedOf(wish: IncreaseWish): readonly WantedCeiling[] {
  const units: readonly MinuteUnit[] = ["tokens", "requests", "inputTokens", "outputTokens"];
  return units.flatMap((unit) => {
    const option = `${unit}PerMinute` as const;
    const to = wish[option];
    return to === undefined ? [] : [{ option, unit, to }];
  });
}
