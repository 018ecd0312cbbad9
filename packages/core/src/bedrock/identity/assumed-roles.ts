import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { SessionCredentials } from "./role-identity.ts";
import { RoleSession } from "./role-session.ts";

/** Everything that makes two sessions of a role different; each differing attribute is another session. */
export interface AssumedRole {
  /** 12 digits. */
  readonly id: string;
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  readonly sessionName: string;
  readonly sourceIdentity?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly durationSeconds: number;
  /** Source Regions; STS is asked in the first unless the config says where. */
  readonly regions: readonly string[];
}

export interface AssumedRolesOptions {
  /** Asks STS for one session of a role. */
  readonly assumeRole: (role: AssumedRole, signal: AbortSignal) => Promise<SessionCredentials>;
  /** Longest that one question to STS may take, in ms. */
  readonly credentialsMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** One credentials cache per role session, shared by all Regions and callers. The host's own credentials never leave by it. */
export class AssumedRoles implements Disposable {
  readonly #options: AssumedRolesOptions;
  readonly #sessions = new Map<string, RoleSession>();
  readonly #sessionOf = new WeakMap<AssumedRole, RoleSession>();

  constructor(options: AssumedRolesOptions) {
    this.#options = options;
  }

  /** The session of a role; the same for every account that describes it alike. */
  session(role: AssumedRole): RoleSession {
    const known = this.#sessionOf.get(role);
    if (known !== undefined) return known;
    const key = sessionKey(role);
    const session = this.#sessions.get(key) ?? this.#make(role);
    this.#sessions.set(key, session);
    this.#sessionOf.set(role, session);
    return session;
  }

  /** Wipes all credentials for good. */
  [Symbol.dispose](): void {
    for (const session of this.#sessions.values()) session.wipe();
  }

  #make(role: AssumedRole): RoleSession {
    const { assumeRole, credentialsMs, clock, random } = this.#options;
    return new RoleSession({
      accountId: role.id,
      roleArn: role.roleArn,
      assumeRole: (signal) => assumeRole(role, signal),
      credentialsMs,
      clock,
      random,
    });
  }
}

function sessionKey({ roleArn, externalId, sessionName, sourceIdentity, tags, durationSeconds }: AssumedRole): string {
  const sortedTags = Object.entries(tags).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([roleArn, externalId, sessionName, sourceIdentity, sortedTags, durationSeconds]);
}
