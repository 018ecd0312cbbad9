import type { Config, Fleet, QuotaPlace, ReachableTarget } from "@shardrock/core";
import { accessFindings } from "./access-findings.ts";
import type { Check, Finding } from "./finding.ts";
import { loggingFindings } from "./logging-findings.ts";
import type { PlaceFacts, Told } from "./place-facts.ts";
import { profileFindings } from "./profile-findings.ts";
import { quotaFindings } from "./quota-findings.ts";
import { servedHere } from "./served-here.ts";

/** What the findings of a place are judged by. */
export interface Judging {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly targets: readonly ReachableTarget[];
}

/** Everything to be said of an account and Region, its session being there. */
export function placeFindings(facts: PlaceFacts, judging: Judging): readonly Finding[] {
  const { place, profiles, quotas, access, logging } = facts;
  const served = servedHere(judging.targets, place, {
    profiles: profiles.kind === "told" ? profiles.value : [],
    rows: quotas.kind === "told" ? quotas.value : { mapped: [], unmapped: [] },
  });
  const failed = [...access.values()].find(({ kind }) => kind === "failed");
  const asked: readonly Asked[] = [
    { check: "profile", told: profiles, actions: "bedrock:ListInferenceProfiles" },
    { check: "quota", told: quotas, actions: quotaActions },
    { check: "logging", told: logging, actions: "bedrock:GetModelInvocationLoggingConfiguration" },
    ...(failed === undefined ? [] : [{ check: "model-access", told: failed, actions: accessAction } as const]),
  ];
  return [
    ...asked.flatMap((each) => unread(place, each)),
    ...(profiles.kind === "told" ? profileFindings(place, served, judging) : []),
    ...(quotas.kind === "told" ? quotaFindings(place, { served, rows: quotas.value, ...judging }) : []),
    ...accessFindings(place, access, served),
    ...(logging.kind === "told" ? loggingFindings(place, logging.value) : []),
  ];
}

const accessAction = "bedrock:GetFoundationModelAvailability";
const quotaActions = "servicequotas:ListServiceQuotas and servicequotas:ListAWSDefaultServiceQuotas";

/** Something that was asked of AWS, and what that takes. */
interface Asked {
  readonly check: Check;
  readonly told: Told<unknown>;
  readonly actions: string;
}

/** What could not be looked at. */
function unread(place: QuotaPlace, { check, told, actions }: Asked): readonly Finding[] {
  if (told.kind === "told") return [];
  const name = told.error instanceof Error ? told.error.name : "unknown error";
  const isDenied = /AccessDenied/.test(name);
  const fix = isDenied
    ? `allow the role ${actions} (shardrock iam writes the policy)`
    : "try again; a network that does not let this machine reach AWS does this too";
  const message = isDenied ? `the role may not look: ${name}` : `could not be looked at: ${name}`;
  return [{ severity: "warning", check, ...place, message, fix }];
}
