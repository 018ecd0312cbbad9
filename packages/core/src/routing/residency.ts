import type { Target } from "../budget/target.ts";

/**
 * Why a target may not process a call that must stay inside `allowedRegions`; undefined when it may.
 * Fails closed: unknown destinations are refused, and so is a target with no destination at all.
 * Source: AWS, "Increase throughput with cross-Region inference" (read 2026-11-22): what counts is where a
 * profile may run, and that depends on the source Region.
 * @param allowedRegions - Region names, never the name of a geography.
 */
export function residencyRefusal(
  target: Pick<Target, "region" | "destinationRegions">,
  allowedRegions: readonly string[],
): string | undefined {
  if (!allowedRegions.includes(target.region)) return `its source Region ${target.region} is not allowed`;
  const destinations = target.destinationRegions;
  if (destinations === undefined || destinations.length === 0) return "where it may run is unknown";
  const outside = destinations.filter((region) => !allowedRegions.includes(region));
  return outside.length === 0 ? undefined : `it may run in ${outside.join(", ")}, which is not allowed`;
}
