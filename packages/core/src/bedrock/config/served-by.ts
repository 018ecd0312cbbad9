import { z } from "zod";
import { readServedId } from "../fleet/served-id.ts";
import { shownValue } from "./shown-value.ts";
import { accountIdSchema, listOf, options, regionSchema, regionsSchema } from "./values.ts";
import type { WithDefaults } from "./values.ts";

/** One id that serves a model, and where. */
export interface ServedByInput {
  /** Model id, inference-profile id or ARN, as sent to AWS. An ARN serves its own account and Region only. */
  readonly id: string;
  /**
   * Which of Bedrock's two endpoints: `runtime` (default), or `mantle`, which has quotas of its own for the same model.
   * Mantle takes plain model ids only, runs them in the Region that is called, and does not exist in every Region.
   */
  readonly endpoint?: "runtime" | "mantle" | undefined;
  /** Source Regions; unless told every Region of every account, and for mantle those of them known to have it. */
  readonly regions?: readonly string[] | undefined;
  /** Accounts that use this id; all unless told. */
  readonly accounts?: readonly string[] | undefined;
  /**
   * Regions where a profile may run the call: one list, or a list per source Region, because a geography's profile
   * runs elsewhere from elsewhere. `aws bedrock get-inference-profile` tells them. Left out they are unknown, and
   * residency refuses the profile, unless the client's `quotas` tell them; where both do, all of them count. A plain model id runs
   * in its source Region and needs none.
   */
  readonly destinations?: readonly string[] | Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * For an ARN that does not name its model (an application inference profile, a provisioned, imported or custom model,
   * a prompt router, a prompt): the model or profile id behind it, whose facts it has and, unless it has quotas of its
   * own, whose quota it shares.
   */
  readonly baseModel?: string | undefined;
}

/** A served id as checked, defaults filled in. */
export type ServedByConfig = WithDefaults<ServedByInput, "endpoint">;

const destinationsRule = "must be a list of Regions, or a list for each source Region";

export const servedBySchema: z.ZodType<ServedByConfig, ServedByInput> = options({
  id: z.string("must be a model id, an inference-profile id or an ARN").max(2048).describe("As sent to AWS."),
  endpoint: z
    .enum(["runtime", "mantle"], "must be runtime or mantle")
    .default("runtime")
    .describe("Which of Bedrock's endpoints; each has quotas of its own."),
  regions: regionsSchema.optional().describe("Source Regions; every account's Regions unless told."),
  accounts: listOf(accountIdSchema, "must be a list of account ids", 1000)
    .optional()
    .describe("All accounts unless told."),
  destinations: z
    .union([regionsSchema, z.record(regionSchema, regionsSchema, destinationsRule)], destinationsRule)
    .optional()
    .describe("Regions where a profile may run the call; a list, or a list for each source Region."),
  baseModel: z
    .string("must be a model id or an inference-profile id")
    .max(2048)
    .optional()
    .describe("For an ARN that does not name its model: the model or profile id behind it."),
}).superRefine(checkServedBy);

/** Regions where a profile may run a call that is sent to `region`; undefined when the config does not say. */
export function destinationsFrom(served: ServedByConfig, region: string): readonly string[] | undefined {
  const destinations = served.destinations;
  return destinations === undefined || isList(destinations) ? destinations : destinations[region];
}

function isList(destinations: NonNullable<ServedByConfig["destinations"]>): destinations is readonly string[] {
  return Array.isArray(destinations);
}

function checkServedBy(served: ServedByConfig, context: z.core.$RefinementCtx): void {
  const read = readServedId(served);
  if (read.kind === "problem") {
    const given = served[read.option];
    const message = given === undefined ? read.message : `${read.message}, got ${shownValue(given)}`;
    context.addIssue({ code: "custom", path: [read.option], message });
  } else if (read.staysInRegion && served.destinations !== undefined) {
    const message = `must be left out: ${staysBecause(served)} in its source Region`;
    context.addIssue({ code: "custom", path: ["destinations"], message });
  }
}

function staysBecause({ endpoint, id }: ServedByConfig): string {
  if (endpoint === "mantle") return "mantle runs everything";
  return id.startsWith("arn:") ? "this ARN runs" : "a plain model id runs";
}
