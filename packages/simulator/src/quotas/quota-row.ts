/** A quota of Bedrock as Service Quotas lists it. */
export interface SimulatedQuotaRow {
  /** The same in every account and Region. */
  readonly code: string;
  /** As AWS writes it. */
  readonly name: string;
  /** What every account has unless told otherwise. */
  readonly value: number | RegionalValue;
  readonly isAdjustable: boolean;
  /** Whether it shows as applied without anybody having set it. */
  readonly isAppliedAnyway?: boolean;
  /** Regions that have it. Default: each. */
  readonly regions?: readonly string[];
  /** The API whose calls it limits. */
  readonly api?: string;
}

/** A value that is not the same everywhere. */
export interface RegionalValue {
  readonly in: Readonly<Record<string, number>>;
  readonly elsewhere: number;
}

/** What every account has in a Region; undefined: the Region has no such quota. */
export function defaultIn({ value, regions }: SimulatedQuotaRow, region: string): number | undefined {
  if (regions !== undefined && !regions.includes(region)) return undefined;
  return typeof value === "number" ? value : (value.in[region] ?? value.elsewhere);
}
