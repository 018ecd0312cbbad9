/** The geographies that have inference profiles, as their ids begin; `global` has all. */
export type Geography = "us" | "eu" | "au" | "jp" | "global";

interface Reach {
  /** Where calls may run, from wherever they come. */
  readonly shared: readonly string[];
  /** Regions from which calls may also run in the Region itself, and nowhere else but the shared ones. */
  readonly alsoFrom: readonly string[];
}

/**
 * Source: model card of Claude Sonnet 4.6, as in bedrock-facts.md, section 9 (read 2026-11-22). Other models are taken to
 * reach as far.
 */
const reaches: Readonly<Record<Exclude<Geography, "global">, Reach>> = {
  us: { shared: ["us-east-1", "us-east-2", "us-west-2"], alsoFrom: ["us-west-1", "ca-central-1", "ca-west-1"] },
  eu: {
    shared: ["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"],
    alsoFrom: ["eu-central-2", "eu-west-2"],
  },
  au: { shared: ["ap-southeast-2", "ap-southeast-4"], alsoFrom: ["ap-southeast-6"] },
  jp: { shared: ["ap-northeast-1", "ap-northeast-3"], alsoFrom: [] },
};

/**
 * Regions where a call of a geography's profile may run when it is sent to a Region; an empty name stands for any.
 * Undefined: the geography has no profiles there.
 */
export function destinationsFrom(geography: Geography, region: string): readonly string[] | undefined {
  if (geography === "global") return [region, ""];
  const { shared, alsoFrom } = reaches[geography];
  if (shared.includes(region)) return shared;
  return alsoFrom.includes(region) ? [...shared, region] : undefined;
}
