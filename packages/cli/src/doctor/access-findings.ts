import type { GetFoundationModelAvailabilityResponse } from "@aws-sdk/client-bedrock";
import type { QuotaPlace } from "@shardrock/core";
import type { Finding } from "./finding.ts";
import type { PlaceFacts } from "./place-facts.ts";
import type { ServedHere } from "./served-here.ts";

/**
 * Whether the account may call its models.
 * Source: Bedrock API reference, "GetFoundationModelAvailability", and "Access Amazon Bedrock foundation models" (read 2026-11-23).
 */
export function accessFindings(
  place: QuotaPlace,
  access: PlaceFacts["access"],
  served: readonly ServedHere[],
): readonly Finding[] {
  return [...access].flatMap(([modelId, told]) => {
    if (told.kind === "failed") return [];
    const isDirect = served.some((each) => each.isNamed && each.modelId === modelId);
    const problems = problemsOf(modelId, told.value, isDirect).map((problem): Finding => ({
      ...problem,
      check: "model-access",
      ...place,
    }));
    if (problems.length > 0) return problems;
    return [{ severity: "ok", check: "model-access", ...place, message: `${modelId} may be called` }];
  });
}

type Problem = Pick<Finding, "severity" | "message" | "fix">;

function problemsOf(
  modelId: string,
  answer: GetFoundationModelAvailabilityResponse,
  isDirect: boolean,
): readonly Problem[] {
  const { agreementAvailability, authorizationStatus, entitlementAvailability, regionAvailability } = answer;
  const agreement = agreementAvailability?.status;
  if (authorizationStatus === "NOT_AUTHORIZED") {
    const fix = "see the account's policies, its organization's, and its payment method";
    return [{ severity: "error", message: `the account is not authorized to call ${modelId}`, fix }];
  }
  if (agreement === "PENDING") {
    return [{ severity: "warning", message: `the agreement for ${modelId} is pending`, fix: "wait some 15 minutes" }];
  }
  if (agreement === "NOT_AVAILABLE" || agreement === "ERROR" || entitlementAvailability === "NOT_AVAILABLE") {
    const fix =
      "accept the model's agreement in the Bedrock console of this account; Anthropic's models need the first-use form, here or in the management account";
    return [{ severity: "error", message: `the account has no access to ${modelId}`, fix }];
  }
  if (isDirect && regionAvailability === "NOT_AVAILABLE") {
    const fix = "name in regions where it is called, or call it by a profile";
    return [{ severity: "error", message: `${modelId} is not offered in this Region`, fix }];
  }
  return [];
}
