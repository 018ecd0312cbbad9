import type { Principal } from "./principals.ts";
import { durationSecondsOf } from "./sts-session.ts";

/** An error of STS itself, after the signature was found right. */
export interface StsProblem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Value of a `Retry-After` header. */
  readonly retryAfter?: string;
}

/** A role assumed by a role's session lasts at most this long. Source: bedrock-facts.md, section 6 (SDK-STS). */
const longestChainedSeconds = 3600;

/**
 * What is wrong with the parameters of an AssumeRole; undefined: nothing.
 * Source: STS API reference, "AssumeRole" (2026-11-22).
 */
export function assumeRoleProblem(form: URLSearchParams, caller: Principal): StsProblem | undefined {
  const roleArn = form.get("RoleArn") ?? "";
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(roleArn)) return invalid(`${roleArn} is invalid`);
  const sessionName = form.get("RoleSessionName") ?? "";
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    return broken("roleSessionName", sessionName, "satisfy regular expression pattern: [\\w+=,.@-]*");
  }
  const seconds = durationSecondsOf(form);
  if (seconds === undefined) return undefined;
  if (!(seconds >= 900)) return broken("durationSeconds", seconds, "have value greater than or equal to 900");
  if (seconds > 43_200) return broken("durationSeconds", seconds, "have value less than or equal to 43200");
  if (caller.isRoleSession && seconds > longestChainedSeconds) {
    return invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
  }
  return undefined;
}

function broken(member: string, value: string | number, rule: string): StsProblem {
  return invalid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );
}

function invalid(message: string): StsProblem {
  return { status: 400, code: "ValidationError", message };
}
