import { z } from "zod";
import { accountSchema } from "./account.ts";
import { options, positiveNumber, regionList, regionSchema, textLike, wholeNumber } from "./values.ts";
import { stateSchema } from "./state.ts";
import { affinitySchema } from "./affinity.ts";
import { endpointsSchema } from "./endpoints.ts";
import { errorsSchema } from "./errors.ts";
import { maxTokensSchema } from "./max-tokens.ts";
import { modelSchema } from "./model.ts";
import { quotaSchema } from "./quotas.ts";
import { resourcesSchema } from "./resources.ts";
import type { Config, ShardrockConfig } from "./shardrock-config.ts";
import { sharedRoleSchema } from "./shared-role.ts";
import { tenantsSchema } from "./tenants.ts";
import { timeoutsSchema } from "./timeouts.ts";
import { waitingSchema } from "./waiting.ts";

const allowedRegionsRule = 'must be a list of Regions, never the name of a geography, or the word "anywhere"';
const allowedRegionsSchema = z
  .union([z.literal("anywhere"), regionList(allowedRegionsRule)], allowedRegionsRule)
  .describe("Regions where prompts may be processed, or anywhere.");
const residencyRule =
  "must say where prompts may be processed, such as allowedRegions: [us-east-1] or allowedRegions: anywhere";
const modelName = textLike(/^[\w.:/@+-]{1,256}$/, "must be a name of up to 256 letters, digits or any of _.:/@+-");

/** The shape of a config; what it says of itself is checked by `parseConfig`. */
export const configSchema: z.ZodType<Config, ShardrockConfig> = options({
  $schema: z
    .string("must be a URL")
    .max(2048, "must be a URL of at most 2048 characters")
    .optional()
    .describe("For editors; not read."),
  accounts: z
    .array(accountSchema, "must be a list of accounts")
    .min(1, "must name at least one account")
    .max(1000, "must be at most 1000 accounts")
    .describe("AWS accounts that serve calls, each reached by assuming one role."),
  role: sharedRoleSchema.optional().describe("The role of all accounts that do not name their own."),
  models: z
    .record(modelName, modelSchema, "must be models by the name callers use")
    .refine((models) => Object.keys(models).length > 0, "must name at least one model")
    .refine((models) => Object.keys(models).length <= 1000, "must be at most 1000 models")
    .transform((models) => new Map(Object.entries(models)))
    .describe("Models by the name callers use as modelId."),
  residency: options({ allowedRegions: allowedRegionsSchema }, residencyRule).describe(
    "Where prompts may be processed.",
  ),
  instances: wholeNumber(1, 10_000).default(1).describe("Processes that share the quotas; each takes an equal share."),
  fallbackQuota: quotaSchema.optional().describe("For models, accounts and Regions without a quota of their own."),
  maxAccountShare: positiveNumber(1)
    .default(1)
    .describe("Most of a model's traffic that one account takes, as a share of all; 1: no cap."),
  waiting: waitingSchema.prefault({}).describe("How long and how much may wait for room."),
  tenants: tenantsSchema.prefault({}).describe("What each tenant gets where several wait; calls name theirs."),
  timeouts: timeoutsSchema.prefault({}).describe("When one attempt is given up."),
  endpoints: endpointsSchema.prefault({}).describe("Other endpoints than AWS's own."),
  resources: resourcesSchema
    .prefault({})
    .describe("Names for what has another id in each account: guardrails, buckets."),
  errors: errorsSchema.prefault({}).describe("What errors may say."),
  affinity: affinitySchema.prefault({}).describe("How long calls with one affinity key stay together."),
  maxTokens: maxTokensSchema.prefault({}).describe("What calls without a maximum of output tokens get."),
  state: stateSchema.optional().describe("Where what was learned outlives the process."),
  stsRegion: regionSchema.optional().describe("Region of the STS calls; the account's first Region unless told."),
  windows: options({
    minuteMs: wholeNumber(100, 60_000)
      .default(60_000)
      .describe("Length of a minute window in ms; only simulators shorten it."),
  })
    .prefault({})
    .describe("Windows AWS is taken to count in."),
});
