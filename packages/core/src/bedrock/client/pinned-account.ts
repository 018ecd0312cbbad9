import { isRecord } from "../config/plain-data.ts";

/** Account of a resource ARN of Bedrock: `arn:aws:bedrock:Region:account:kind/id`. */
const accountArn = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:(\d{12}):/;

/** The account a call is bound to by an ARN in it, such as a guardrail's; undefined when it may go to any. */
export function pinnedAccount(input: object): string | undefined {
  const fields: Readonly<Record<string, unknown>> = { ...input };
  const { guardrailConfig, guardrailIdentifier } = fields;
  const arn = isRecord(guardrailConfig) ? guardrailConfig["guardrailIdentifier"] : guardrailIdentifier;
  return typeof arn === "string" ? accountArn.exec(arn)?.[1] : undefined;
}
