import { z } from "zod";
import { accountIdSchema, options, positiveNumber, regionsSchema, textLike, wholeNumber } from "./values.ts";
import type { WithDefaults } from "./values.ts";
import { externalIdSchema } from "./shared-role.ts";
import { sessionPolicySchema } from "./session-policy.ts";

/**
 * One AWS account, reached by assuming one role in it.
 * Source of the lengths and characters: AWS STS API Reference, "AssumeRole" (read 2026-11-22).
 */
export interface AccountInput {
  /** 12 digits; in YAML and JSON in quotes. */
  readonly id: string;
  /** The role to assume; it must be in this account. The one that `role` names unless told. */
  readonly roleArn?: string | undefined;
  /** Who may be trusted: `external-id` (default) demands an `externalId`, `same-org` does not. */
  readonly trust?: "external-id" | "same-org" | undefined;
  /** What the role's trust policy demands as `sts:ExternalId`, 2 to 1,224 characters. Never written to a log or an error. */
  readonly externalId?: string | undefined;
  /** 2 to 64 characters; shows in the account's CloudTrail. Default `shardrock`. */
  readonly sessionName?: string | undefined;
  /** 2 to 64 characters; shows in every CloudTrail event of the session and cannot be changed later. */
  readonly sourceIdentity?: string | undefined;
  /** Session tags, at most 50; keys up to 128 characters, values up to 256. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** How long a session lasts, 900 to 43,200 s; default 3,600, which is also the most when this process runs under a role itself. */
  readonly durationSeconds?: number | undefined;
  /**
   * Narrows what a session may do to what role and policy both allow: `"models"` for a policy made from this config
   * (the models and profiles it names, in this account's Regions), or a policy as JSON text, at most 2,048 characters.
   * None unless told.
   */
  readonly sessionPolicy?: string | undefined;
  /**
   * Source Regions: whose endpoints are called in this account, and whose quotas are spent. Those where prompts may be
   * processed unless told.
   */
  readonly regions?: readonly string[] | undefined;
  /** Preference while there is room, above 0 up to 1,000; default 1. */
  readonly weight?: number | undefined;
  /** True: takes no new calls. Default false. */
  readonly drained?: boolean | undefined;
}

/** An account as checked, defaults filled in. */
export type AccountConfig = WithDefaults<
  AccountInput,
  "roleArn" | "regions" | "trust" | "sessionName" | "tags" | "durationSeconds" | "weight" | "drained"
>;

const nameRule = "must be 2 to 64 letters, digits or any of _+=,.@-";
const sessionText = textLike(/^[\w+=,.@-]{2,64}$/, nameRule);
const tagKey = textLike(/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u, "is not a session tag key");
const tagValue = textLike(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u, "must be a session tag value, up to 256 characters");
const roleArnRule = "must be a role ARN such as arn:aws:iam::111111111111:role/shardrock";

export const accountSchema: z.ZodType<AccountConfig, AccountInput> = options({
  id: accountIdSchema.describe("AWS account id: 12 digits in quotes."),
  roleArn: textLike(/^arn:aws[a-z-]{0,16}:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, roleArnRule)
    .optional()
    .describe("Role to assume; it must be in this account. The one that role names unless told."),
  trust: z
    .enum(["external-id", "same-org"], "must be external-id or same-org")
    .default("external-id")
    .describe("external-id demands an externalId, same-org does not."),
  externalId: externalIdSchema.optional().describe("What the role's trust policy demands as sts:ExternalId."),
  sessionName: sessionText.default("shardrock").describe("Role session name; shows in the account's CloudTrail."),
  sourceIdentity: sessionText.optional().describe("Source identity of the session; shows in every CloudTrail event."),
  tags: z
    .record(tagKey, tagValue, "must be session tags, key: value")
    .refine((tags) => Object.keys(tags).length <= 50, "must be at most 50 session tags")
    .default({})
    .describe("Session tags, at most 50."),
  durationSeconds: wholeNumber(900, 43_200)
    .default(3600)
    .describe("Length of a session in seconds; role chaining caps it at 3600."),
  sessionPolicy: sessionPolicySchema.optional().describe("models, or a policy as JSON text; narrows each session."),
  regions: regionsSchema.optional().describe("Source Regions; those where prompts may be processed unless told."),
  weight: positiveNumber(1000).default(1).describe("Preference while there is room; 1 is neutral."),
  drained: z.boolean("must be true or false").default(false).describe("True: takes no new calls."),
})
  .superRefine(checkAccount)
  .transform(({ roleArn = "", regions = [], ...account }) => ({ ...account, roleArn, regions })); // checked to be there

type CheckedAccount = WithDefaults<AccountInput, "trust">;

function checkAccount(account: CheckedAccount, context: z.core.$RefinementCtx): void {
  if (account.roleArn === undefined) {
    const message = `is missing; it ${roleArnRule}, or give all accounts one with role: { name: ... }`;
    context.addIssue({ code: "custom", path: ["roleArn"], message });
  }
  if (account.regions === undefined) {
    const message = "is missing; it must be a list of Regions, for residency.allowedRegions is none";
    context.addIssue({ code: "custom", path: ["regions"], message });
  }
  const roleAccount = account.roleArn?.split(":", 5)[4];
  if (roleAccount !== undefined && roleAccount !== account.id) {
    const message = `must be a role in account ${account.id}, got one in ${roleAccount}`;
    context.addIssue({ code: "custom", path: ["roleArn"], message });
  }
  if (account.trust === "external-id" && account.externalId === undefined) {
    const message = "is missing; give the one the role's trust policy demands, or set trust: same-org";
    context.addIssue({ code: "custom", path: ["externalId"], message });
  }
}
