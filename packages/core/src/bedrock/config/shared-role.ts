import { z } from "zod";
import { isRecord } from "./plain-data.ts";
import { options, textLike } from "./values.ts";

/** The role that all accounts have under one name, for accounts that do not say otherwise. */
export interface SharedRoleInput {
  /** Its name with its path, such as `shardrock` or `platform/shardrock`: up to 512 letters, digits or any of `_+=,.@/-`. */
  readonly name: string;
  /** As an account's `trust`. */
  readonly trust?: "external-id" | "same-org" | undefined;
  /** As an account's `externalId`. Better each account has its own. Never written to a log or an error. */
  readonly externalId?: string | undefined;
}

const nameRule = "must be the name of a role, without the ARN: up to 512 letters, digits or any of _+=,.@/-";
const namePattern = /^[\w+=,.@/-]{1,512}$/;
export const externalIdSchema: z.ZodType<string, string> = textLike(
  /^[\w+=,.@:/-]{2,1224}$/,
  "must be 2 to 1224 letters, digits or any of _+=,.@:/-",
);

export const sharedRoleSchema: z.ZodType<SharedRoleInput, SharedRoleInput> = options({
  name: textLike(namePattern, nameRule).describe("Name of the role to assume in every account."),
  trust: z
    .enum(["external-id", "same-org"], "must be external-id or same-org")
    .optional()
    .describe("external-id demands an externalId, same-org does not."),
  externalId: externalIdSchema.optional().describe("What the roles' trust policies demand as sts:ExternalId."),
});

/**
 * Fills in what accounts leave out: their role by its shared name, how it trusts, and as source Regions those where
 * prompts may be processed. What is ill-formed stays as it is, for the schema to say so.
 */
export function withSharedRole(input: unknown): unknown {
  if (!isRecord(input) || !Array.isArray(input["accounts"])) return input;
  const shared = isRecord(input["role"]) ? input["role"] : {};
  const allowed = isRecord(input["residency"]) ? input["residency"]["allowedRegions"] : undefined;
  const regions = Array.isArray(allowed) ? { regions: allowed } : {};
  const accounts = input["accounts"].map((account: unknown) =>
    isRecord(account)
      ? { ...regions, ...trustIn(shared, account), ...account, ...roleIn(shared, account, allowed) }
      : account,
  );
  return { ...input, accounts };
}

function trustIn(shared: Readonly<Record<string, unknown>>, account: Readonly<Record<string, unknown>>): object {
  if (account["trust"] !== undefined || account["externalId"] !== undefined) return {};
  const { trust, externalId } = shared;
  return { ...(trust !== undefined && { trust }), ...(externalId !== undefined && { externalId }) };
}

function roleIn(
  shared: Readonly<Record<string, unknown>>,
  account: Readonly<Record<string, unknown>>,
  allowed: unknown,
): object {
  const { name } = shared;
  const { id, roleArn, regions = allowed } = account;
  if (roleArn !== undefined || typeof name !== "string" || typeof id !== "string" || !namePattern.test(name)) return {};
  return { roleArn: `arn:${partitionOf(regions)}:iam::${id}:role/${name}` };
}

/** Source: AWS, "Amazon Resource Names (ARNs)", partitions (read 2026-11-22). */
function partitionOf(regions: unknown): string {
  const first: unknown = Array.isArray(regions) ? regions[0] : undefined;
  if (typeof first !== "string") return "aws";
  return first.startsWith("us-gov-") ? "aws-us-gov" : first.startsWith("cn-") ? "aws-cn" : "aws";
}
