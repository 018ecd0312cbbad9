import type { Finding } from "./finding.ts";

/** A `Date` header has no more than seconds, and the answer took its time. */
const closeMs = 30_000;
/** Source: AWS refuses signatures made five minutes off; the SDK mends from four on (bedrock client 3.1162, read 2026-11-23). */
const tooFarMs = 240_000;

/** What is to be said of this machine's clock. @param offsetMs - AWS's less ours; undefined: nobody knows. */
export function clockFindings(offsetMs: number | undefined): readonly Finding[] {
  if (offsetMs === undefined) return [];
  const seconds = Math.round(Math.abs(offsetMs) / 1_000);
  const message = `this machine's clock is ${seconds} s ${offsetMs > 0 ? "behind" : "ahead of"} AWS's`;
  const fix = "let the machine set its clock by NTP";
  if (Math.abs(offsetMs) >= tooFarMs) {
    return [{ severity: "error", check: "clock", message: `${message}: AWS refuses signatures made so far off`, fix }];
  }
  if (Math.abs(offsetMs) >= closeMs) return [{ severity: "warning", check: "clock", message, fix }];
  return [{ severity: "ok", check: "clock", message: "this machine's clock agrees with AWS's" }];
}
