import { z } from "zod";
import { accountIdSchema, options, regionSchema, textLike } from "./values.ts";

/** Under which id one account has a resource, in one Region or in all. */
export interface ResourceInput {
  readonly account: string;
  /** The only Region where it is so; all of the account unless told. */
  readonly region?: string | undefined;
  /** As sent to AWS: an id, an ARN or a bucket's name. */
  readonly id: string;
}

/** One name for what has another id in each account, such as a guardrail or a bucket. */
export type ResourcesInput = Readonly<Record<string, readonly ResourceInput[]>>;

export type ResourcesConfig = ReadonlyMap<string, readonly ResourceInput[]>;

const nameRule = "must be a name of up to 256 letters, digits or any of _.:/@+-";
const idRule = "must be an id, an ARN or a name of 1 to 2048 characters without spaces";

const resourceSchema: z.ZodType<ResourceInput, ResourceInput> = options({
  account: accountIdSchema.describe("The account that has it."),
  region: regionSchema.optional().describe("The only Region where it is so; all unless told."),
  id: textLike(/^[\u0021-\u007e]{1,2048}$/, idRule).describe("As sent to AWS."),
});

export const resourcesSchema: z.ZodType<ResourcesConfig, ResourcesInput> = z
  .record(
    textLike(/^[\w.:/@+-]{1,256}$/, nameRule),
    z
      .array(resourceSchema, "must be a list of account, region and id")
      .min(1, "must name at least one account that has it")
      .max(10_000, "must be at most 10000 accounts and Regions"),
    "must be resources by the name callers use",
  )
  .refine((resources) => Object.keys(resources).length <= 1000, "must be at most 1000 resources")
  .transform((resources) => new Map(Object.entries(resources)));

/** The id a resource has in one account and Region; undefined when it is not there. The entry that names the Region wins. */
export function resourceId(
  entries: readonly ResourceInput[],
  place: { readonly accountId: string; readonly region: string },
): string | undefined {
  const there = entries.filter(({ account }) => account === place.accountId);
  const entry = there.find(({ region }) => region === place.region) ?? there.find(({ region }) => region === undefined);
  return entry?.id;
}
