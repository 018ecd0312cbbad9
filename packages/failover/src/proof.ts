import type { Verdict } from "@shardrock/core";
import type { CooldownKind } from "./cooldown.ts";

/** What the end of its probe says of a scope. */
export type Proof = "recovered" | "failed" | "nothing";

type Answer = Verdict["kind"] | "served" | "late";

/** AWS took the credentials and answered, whatever it said. */
const answered: readonly Answer[] = [
  "served",
  "late",
  "throttled",
  "target-denied",
  "not-ready",
  "overloaded",
  "invalid",
];

/** What is ejected for failing or for being slow has to be served in time. */
const ejected = { good: ["served"], bad: ["late", "overloaded", "ambiguous", "outrun"] } as const;

/** What proves that a scope works again, and what that it does not; everything else is about something else. */
const proofs: Readonly<Record<CooldownKind, { readonly good: readonly Answer[]; readonly bad: readonly Answer[] }>> = {
  account: { good: answered, bad: ["account-failed", "session-refused"] },
  unreachable: { good: answered, bad: ["unreachable"] },
  "not-ready": { good: ["served", "late", "throttled"], bad: ["not-ready"] },
  denied: { good: ["served", "late"], bad: ["target-denied"] },
  day: { good: ["served", "late"], bad: ["throttled"] },
  capacity: { good: ["served", "late"], bad: ["overloaded"] },
  ejection: ejected,
  "region-ejection": ejected,
  pause: { good: [], bad: [] },
};

/**
 * @param verdict - of the probe; undefined: it was served.
 * @param isLate - it was served much later than is usual.
 */
export function proofOf(kind: CooldownKind, verdict: Verdict | undefined, isLate: boolean): Proof {
  const { good, bad } = proofs[kind];
  const answer = verdict?.kind ?? (isLate ? "late" : "served");
  if (good.includes(answer)) return "recovered";
  return bad.includes(answer) ? "failed" : "nothing";
}
