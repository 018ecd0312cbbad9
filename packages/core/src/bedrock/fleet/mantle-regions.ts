/** Regions known to have the mantle endpoint, and where that was read. */
export interface MantleRegions {
  readonly regions: readonly string[];
  readonly source: string;
  /** Date the source was read. */
  readonly readOn: string;
}

/** AWS opens more: a served id that names its `regions` is not held to this list. */
export const mantleRegions: MantleRegions = {
  regions: [
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "ap-southeast-3",
    "ap-south-1",
    "ap-northeast-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-south-1",
    "eu-north-1",
    "sa-east-1",
    "us-gov-east-1",
    "us-gov-west-1",
  ],
  source: "openai/codex, mantle.rs of rust-v0.161.0, and AWS, Region availability of Bedrock's endpoints",
  readOn: "2026-11-22",
};
