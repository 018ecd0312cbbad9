/* oxlint-disable no-restricted-globals -- these turn a given time into text and back; none of them reads a clock */

const amzDate = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/**
 * Reads an `X-Amz-Date` such as `20261122T163210Z`, in milliseconds since 1970; undefined when it is not one.
 * Source: AWS IAM User Guide, "Elements of an AWS API request signature", ISO 8601 basic format (2026-11-22).
 */
export function parseAmzDate(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = (amzDate.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Writes a time as SigV4 does, `20261122T163210Z`. */
export function amzDateOf(epochMs: number): string {
  return isoTime(epochMs).replace(/[-:]/g, "");
}

/** Writes a time as STS does, whole seconds: `2026-11-22T16:32:10Z`. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Writes a time as HTTP does, `Sun, 22 Nov 2026 16:32:10 GMT`. */
export function httpDate(epochMs: number): string {
  return new Date(epochMs).toUTCString();
}
