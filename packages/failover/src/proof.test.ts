import type { Verdict } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { type CooldownKind, cooldownKinds } from "./cooldown.ts";
import { proofOf } from "./proof.ts";

/** Every way in which the call that tries a scope may end; undefined: it was served. */
const endings: readonly (Verdict | "late" | undefined)[] = [
  undefined,
  "late",
  { kind: "throttled", scope: "unknown" },
  { kind: "account-failed" },
  { kind: "session-refused" },
  { kind: "target-denied" },
  { kind: "unreachable" },
  { kind: "not-ready" },
  { kind: "overloaded" },
  { kind: "ambiguous" },
  { kind: "invalid" },
  { kind: "aborted" },
  { kind: "outrun" },
];

function endingsThatSay(kind: CooldownKind, proof: ReturnType<typeof proofOf>): readonly string[] {
  return endings
    .filter((end) => (end === "late" ? proofOf(kind, undefined, true) : proofOf(kind, end, false)) === proof)
    .map((end) => (end === "late" ? "late" : (end?.kind ?? "served")))
    .toSorted();
}

/** AWS let the credentials in and answered. */
const anyAnswer = ["invalid", "late", "not-ready", "overloaded", "served", "target-denied", "throttled"];

/** What gets a scope ejected. */
const slowOrFailed = ["ambiguous", "late", "outrun", "overloaded"];

describe("the one call that tries a scope", () => {
  it.each<readonly [CooldownKind, string, readonly string[], readonly string[]]>([
    ["account", "AWS answers at all, whatever it says", anyAnswer, ["account-failed", "session-refused"]],
    ["unreachable", "AWS answers at all, whatever it says", anyAnswer, ["unreachable"]],
    ["not-ready", "the model takes calls, or too many of them", ["late", "served", "throttled"], ["not-ready"]],
    ["denied", "the call is served", ["late", "served"], ["target-denied"]],
    ["day", "the call is served", ["late", "served"], ["throttled"]],
    ["capacity", "the call is served", ["late", "served"], ["overloaded"]],
    ["ejection", "the call is served in time", ["served"], slowOrFailed],
    ["region-ejection", "the call is served in time", ["served"], slowOrFailed],
    ["pause", "never: its time passes and that is all", [], []],
  ])("shows that a scope out for %j works again when %s, and that it does not only by the same fault", (...row) => {
    const [kind, , good, bad] = row;

    expect(endingsThatSay(kind, "recovered")).toEqual(good);
    expect(endingsThatSay(kind, "failed")).toEqual(bad);
    expect(endingsThatSay(kind, "nothing")).toHaveLength(endings.length - good.length - bad.length);
  });

  it.each(cooldownKinds)("proves nothing of %j when its caller gave up", (kind) => {
    expect(endingsThatSay(kind, "nothing")).toContain("aborted");
  });
});
