import type { Authenticated } from "./authenticate.ts";
import type { Principal } from "./principals.ts";
import type { SimulatedRole } from "./role.ts";

/** What AssumeRole was asked for and gave, for tests of what a client sends. Holds no secret. */
export interface SimulatedSession {
  readonly accountId: string;
  readonly roleArn: string;
  readonly sessionName: string;
  readonly callerArn: string;
  readonly region: string;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  /** Seconds, as asked; undefined: the default of one hour. */
  readonly durationSeconds: number | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
  /** What the session signs with. */
  readonly accessKeyId: string;
}

/** What to put on record of a session that was just opened. */
export function sessionOf(
  form: URLSearchParams,
  opened: { readonly role: SimulatedRole; readonly caller: Authenticated; readonly principal: Principal },
): SimulatedSession {
  const { role, caller, principal } = opened;
  const values = membersOf(form, "Tags", ".Value");
  return {
    accountId: role.accountId,
    roleArn: role.roleArn,
    sessionName: form.get("RoleSessionName") ?? "",
    callerArn: caller.principal.arn,
    region: caller.region,
    externalId: form.get("ExternalId") ?? undefined,
    sourceIdentity: form.get("SourceIdentity") ?? undefined,
    tags: Object.fromEntries(membersOf(form, "Tags", ".Key").map((key, index) => [key, values[index] ?? ""])),
    transitiveTagKeys: membersOf(form, "TransitiveTagKeys", ""),
    durationSeconds: durationSecondsOf(form),
    expiresAtMs: principal.expiresAtMs,
    accessKeyId: principal.accessKeyId,
  };
}

/** The duration that was asked for; undefined: none was. */
export function durationSecondsOf(form: URLSearchParams): number | undefined {
  const text = form.get("DurationSeconds");
  return text === null ? undefined : Number(text);
}

/** A list of the query protocol: `Tags.member.1.Key`, `Tags.member.2.Key`, … */
function membersOf(form: URLSearchParams, name: string, field: string): readonly string[] {
  const values: string[] = [];
  for (let index = 1; ; index += 1) {
    const value = form.get(`${name}.member.${index}${field}`);
    if (value === null) return values;
    values.push(value);
  }
}
