import type { Verdict } from "@shardrock/core";
import type { CooldownKind } from "./cooldown.ts";

/** What the end of its probe says of a scope. */
export type Proof = "recovered" | "failed" | "nothing";

type Answer = Verdict["kind"] | "served";

/** AWS took the credentials and answered, whatever it said. */
const answered: readonly Answer[] = ["served", "throttled", "target-denied", "not-ready", "overloaded", "invalid"];

/** What proves that a scope works again, and what that it does not; everything else is about something else. */
const proofs: Readonly<Record<CooldownKind, { readonly good: readonly Answer[]; readonly bad: readonly Answer[] }>> = {
  account: { good: answered, bad: ["account-failed", "session-refused"] },
  unreachable: { good: answered, bad: ["unreachable"] },
  "not-ready": { good: ["served", "throttled"], bad: ["not-ready"] },
  denied: { good: ["served"], bad: ["target-denied"] },
  day: { good: ["served"], bad: ["throttled"] },
  capacity: { good: ["served"], bad: ["overloaded"] },
  ejection: { good: ["served"], bad: ["overloaded", "ambiguous"] },
  "region-ejection": { good: ["served"], bad: ["overloaded", "ambiguous"] },
  pause: { good: [], bad: [] },
};

/** @param verdict - of the probe; undefined: it was served. */
export function proofOf(kind: CooldownKind, verdict: Verdict | undefined): Proof {
  const { good, bad } = proofs[kind];
  const answer = verdict?.kind ?? "served";
  if (good.includes(answer)) return "recovered";
  return bad.includes(answer) ? "failed" : "nothing";
}
