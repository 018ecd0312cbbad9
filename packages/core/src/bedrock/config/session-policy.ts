import { z } from "zod";
import { isRecord } from "./plain-data.ts";

/** Longest session policy STS takes, in characters. Source: AWS STS API Reference, "AssumeRole" (read 2026-11-22). */
const longestPolicy = 2048;

const policyRule = `must be models, or a policy as JSON text of at most ${longestPolicy} characters`;
const objectRule = `${policyRule}, an object with a Statement`;

/** What STS takes: tab, line ends, and U+0020 to U+00FF. Nothing is repeated but one set, so it reads each character once. */
const policyText = /^[\t\n\r\u0020-\u00ff]*$/;

/** A session policy: `models` for one made from the config, or the policy itself. Its text is never shown in a message. */
export const sessionPolicySchema: z.ZodType<string, string> = z
  .string(policyRule)
  .max(longestPolicy, policyRule)
  .superRefine((policy, context) => {
    if (policy === "models" || policy.length > longestPolicy || isPolicy(policy)) return;
    context.addIssue({ code: "custom", message: objectRule });
  });

function isPolicy(text: string): boolean {
  return policyText.test(text) && hasStatement(parsed(text));
}

function hasStatement(policy: unknown): boolean {
  const statement = isRecord(policy) ? policy["Statement"] : undefined;
  return typeof statement === "object" && statement !== null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what is wrong with it may not be shown, and where is of little use in one long line
  }
}
