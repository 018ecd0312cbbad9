/** What is looked at. */
export type Check =
  | "clock"
  | "environment"
  | "host"
  | "identity"
  | "logging"
  | "model-access"
  | "profile"
  | "quota"
  | "residency"
  | "role"
  | "time";

/**
 * `error`: calls fail, or go where they must not. `warning`: they may. `info`: nothing to mend, but to know. `ok`: looked at and
 * found right.
 */
export type Severity = "error" | "warning" | "info" | "ok";

/** One thing that was seen, where, and what mends it. */
export interface Finding {
  readonly severity: Severity;
  readonly check: Check;
  /** 12 digits; undefined: it is about this machine. */
  readonly accountId?: string | undefined;
  /** Undefined: it is about all of them. */
  readonly region?: string | undefined;
  /** What was seen; no secret is ever in it. */
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string | undefined;
}

const severities: readonly Severity[] = ["error", "warning", "info", "ok"];

/** The worst first, then by account and Region. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const keyOf = ({ severity, accountId = "", region = "", check, message }: Finding): string =>
    [severities.indexOf(severity), accountId, region, check, message].join("\u0000");
  return findings.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}
