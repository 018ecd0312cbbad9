import type { QuotaPlace } from "@shardrock/core";
import type { ProfileRow } from "@shardrock/quotas";
import type { Finding } from "./finding.ts";
import type { Judging } from "./place-findings.ts";
import type { ServedHere } from "./served-here.ts";

/** Whether the profiles that are called exist, and run where they may. */
export function profileFindings(
  place: QuotaPlace,
  served: readonly ServedHere[],
  { config, targets }: Judging,
): readonly Finding[] {
  const ofProfiles = served.flatMap((each) => {
    if (!isProfile(each)) return [];
    const { profile } = each;
    return profile === undefined ? [missing(place, each)] : listed(place, { ...each, profile }, config);
  });
  return [...ofProfiles, ...unreached(place, served, targets)];
}

function isProfile({ modelId, scope, endpoint }: ServedHere): boolean {
  if (endpoint !== "runtime" || scope === "dedicated") return false;
  return scope !== "on-demand" || modelId.includes(":application-inference-profile/");
}

function missing(place: QuotaPlace, { modelId }: ServedHere): Finding {
  return {
    severity: "error",
    check: "profile",
    ...place,
    message: `there is no inference profile ${modelId}`,
    fix: `see aws bedrock list-inference-profiles --region ${place.region}; correct the id, or name in regions where it is called`,
  };
}

function listed(
  place: QuotaPlace,
  { modelId, destinationRegions, profile }: ServedHere & { readonly profile: ProfileRow },
  { residency }: Judging["config"],
): readonly Finding[] {
  if (!profile.isActive) {
    const message = `inference profile ${modelId} is not active`;
    return [
      { severity: "error", check: "profile", ...place, message, fix: "call another, until AWS has activated it" },
    ];
  }
  const found: Finding = { severity: "ok", check: "profile", ...place, message: `${modelId} is there` };
  const { allowedRegions } = residency;
  if (allowedRegions === "anywhere") return [found];
  const reach = { reached: regionsOf(profile), destinationRegions, allowedRegions };
  const { severity, says, fix } = judgedReach(reach);
  return [found, { severity, check: "residency", ...place, message: `${modelId} ${says}`, fix }];
}

interface Reach {
  /** As AWS tells; empty: anywhere. */
  readonly reached: readonly string[];
  /** As the config has them. */
  readonly destinationRegions: readonly string[] | undefined;
  readonly allowedRegions: readonly string[];
}

interface JudgedReach extends Pick<Finding, "severity" | "fix"> {
  readonly says: string;
}

function judgedReach({ reached, destinationRegions, allowedRegions }: Reach): JudgedReach {
  if (reached.length === 0 && destinationRegions === undefined) {
    const fix = "leave it out, or allow anywhere";
    return { severity: "warning", says: "may run anywhere, so residency refuses it", fix };
  }
  if (reached.length === 0) {
    const says = "may run anywhere by AWS's word; the config's destinations are believed";
    return { severity: "warning", says, fix: "take it out, unless its Regions are agreed with AWS" };
  }
  const outside = reached.filter((region) => !allowedRegions.includes(region));
  if (outside.length > 0) {
    const fix = "take the profile out, call it from another source Region, or allow these Regions";
    return { severity: "error", says: `may run in ${outside.join(", ")}, which residency forbids`, fix };
  }
  const untold = destinationRegions === undefined ? [] : reached.filter((each) => !destinationRegions.includes(each));
  if (untold.length > 0) {
    const fix = "add them to destinations: policies made of the config deny calls that run there";
    return { severity: "warning", says: `may run in ${untold.join(", ")} too, which destinations leaves out`, fix };
  }
  return { severity: "ok", says: "runs in allowed Regions only", fix: undefined };
}

/** Empty: AWS names none, so it may run anywhere. */
function regionsOf({ modelArns }: ProfileRow): readonly string[] {
  const regions = modelArns.map((arn) => arn.split(":", 4)[3] ?? "");
  return regions.includes("") ? [] : [...new Set(regions)].toSorted();
}

/** A model that names no ids, and of which AWS lists none. */
function unreached(place: QuotaPlace, served: readonly ServedHere[], targets: Judging["targets"]): readonly Finding[] {
  const wanted = targets.filter(
    ({ accountId, region, modelId, endpoint }) =>
      accountId === place.accountId && region === place.region && modelId === undefined && endpoint === "runtime",
  );
  return wanted
    .filter(({ model }) => !served.some((each) => each.model === model))
    .map(({ model, baseModelId }) => ({
      severity: "info",
      check: "profile",
      ...place,
      message: `no system profile runs ${baseModelId} (models.${model}) here: it is called by its own id, where that has a quota`,
    }));
}
