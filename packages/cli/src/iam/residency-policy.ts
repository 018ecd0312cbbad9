import { type Config, type ReachableTarget, ShardrockError } from "@shardrock/core";
import { calledResources } from "./called-resource.ts";
import { type PolicyDocument, policyLimits, policyOf, policySize, sorted, type Statement } from "./policy.ts";

/** Everything that gives a prompt to a model or a guardrail. */
const processing: readonly string[] = [
  "bedrock-mantle:CreateInference",
  "bedrock:ApplyGuardrail",
  "bedrock:CountTokens",
  "bedrock:CreateModelInvocationJob",
  "bedrock:InvokeModel*",
];

/** What `aws:RequestedRegion` is where a global profile hands a call on. */
const nowhere = "unspecified";

/**
 * What denies every account under it, whatever its roles allow, to process a prompt outside the Regions of the config. A
 * geography's profile asks once more in the Region that runs the call, so a profile that reaches one Region outside fails
 * there. A global profile asks in no Region at all: that is denied too, but for global profiles whose destinations
 * the config names.
 * Source: AWS, "Geographic cross-Region inference" and "Global cross-Region inference" (read 2026-11-23): one destination that
 * is denied fails the call; `aws:RequestedRegion` is `unspecified` for the global part of a call.
 * @returns undefined where residency is `anywhere`: nothing is forbidden then.
 * @throws {ShardrockError} `config-invalid` when it would be longer than AWS takes.
 */
export function residencyPolicy(
  { residency: { allowedRegions } }: Config,
  targets: readonly ReachableTarget[],
): PolicyDocument | undefined {
  if (allowedRegions === "anywhere") return undefined;
  const global = sorted(
    targets
      .filter(({ scope, destinationRegions }) => scope === "global" && destinationRegions !== undefined)
      .flatMap((target) => calledResources(target) ?? [])
      .map(({ arn }) => inAnyAccount(arn)),
  );
  const regions = sorted(global.length === 0 ? allowedRegions : [...allowedRegions, nowhere]);
  const outside = deny("DenyOutsideResidency", { StringNotEquals: { "aws:RequestedRegion": regions } });
  const unnamed = deny("DenyOtherGlobalProfiles", {
    ArnNotLike: { "bedrock:InferenceProfileArn": global },
    StringEquals: { "aws:RequestedRegion": nowhere },
  });
  const document = policyOf(global.length === 0 ? [outside] : [outside, unnamed]);
  const size = policySize(document);
  if (size <= policyLimits.serviceControlPolicy) return document;
  throw new ShardrockError(
    "config-invalid",
    `the service control policy would take ${size} characters, AWS takes ${policyLimits.serviceControlPolicy}: name fewer global profiles`,
  );
}

/** One policy stands over all accounts, so a system profile counts in each of them; an application profile is in one. */
function inAnyAccount(arn: string): string {
  return arn.replace(/:bedrock:[^:]+:\d{12}:inference-profile\//, ":bedrock:*:*:inference-profile/");
}

function deny(Sid: string, Condition: NonNullable<Statement["Condition"]>): Statement {
  return { Sid, Effect: "Deny", Action: processing, Resource: ["*"], Condition };
}
