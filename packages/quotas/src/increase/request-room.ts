import type { QuotaPlace } from "@shardrock/core";
import type { OpenIncrease } from "./increase-plan.ts";

/**
 * How many requests AWS works on at a time. Source: AWS, "Service quotas for Service Quotas" (read 2026-11-22): 20 in an
 * account, 2 in a Region the account opted in to, 1 of a quota.
 */
const mostOfAccount = 20;
const mostOfOptInRegion = 2;

/**
 * Regions every account has without asking; all that came after 2019-03-20 are opted in to, so one that is not here is.
 * Source: AWS Account Management, "Enable or disable AWS Regions in your account" (read 2026-11-22).
 */
const defaultRegions: ReadonlySet<string> = new Set(
  (
    "ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 " +
    "eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2"
  ).split(" "),
);

/** Counts requests that are open, those of today with those of before. */
export class RequestRoom {
  readonly #open = new Map<string, OpenIncrease>();

  constructor(open: readonly OpenIncrease[]) {
    for (const each of open) this.add(each);
  }

  add(open: OpenIncrease): void {
    this.#open.set(quotaKey(open), open);
  }

  isOpen(quota: OpenIncrease): boolean {
    return this.#open.has(quotaKey(quota));
  }

  /** Why AWS would not take one more request there; undefined: it would. */
  refusal({ accountId, region }: QuotaPlace): string | undefined {
    const ofAccount = [...this.#open.values()].filter((each) => each.accountId === accountId);
    if (ofAccount.length >= mostOfAccount) {
      return `AWS works on at most ${mostOfAccount} requests of an account at a time, and ${ofAccount.length} would be open`;
    }
    const inRegion = ofAccount.filter((each) => each.region === region).length;
    if (defaultRegions.has(region) || inRegion < mostOfOptInRegion) return undefined;
    return `AWS works on at most ${mostOfOptInRegion} requests at a time in ${region}, and ${inRegion} would be open`;
  }
}

function quotaKey({ accountId, region, code }: OpenIncrease): string {
  return `${accountId}/${region}/${code}`;
}
