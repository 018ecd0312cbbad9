import type { Place } from "./binding.ts";

/** A resource of Bedrock: `arn:aws:bedrock:Region:account:kind/id`. Public ones, such as foundation models, name no account. */
const resourceArn = /^arn:aws[a-z-]{0,16}:bedrock:([a-z0-9-]{1,32}):(\d{12}):[a-z-]{1,64}\/.{1,1024}$/;

/** The account and Region an ARN exists in; undefined for what is no ARN of an account's own resource. */
export function placeOfArn(arn: string): Required<Place> | undefined {
  const [, region, accountId] = resourceArn.exec(arn) ?? [];
  return region === undefined || accountId === undefined ? undefined : { accountId, region };
}
