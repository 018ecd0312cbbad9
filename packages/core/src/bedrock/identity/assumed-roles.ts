import type { Clock } from "../../clock.ts";
import type { ShardrockError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import type { SessionCredentials } from "./role-identity.ts";
import { RoleSession } from "./role-session.ts";
import { type AssumedRole, sessionKey, type SessionRequest, sessionRequest } from "./session-request.ts";

export type { AssumedRole } from "./session-request.ts";

/** STS, asked with the credentials of one host. Disposing it forgets those. */
export interface SessionSource extends Disposable {
  /** Names the credentials that ask, without leading to them: sessions of two hosts are never the same. */
  readonly hostId: string;
  /**
   * One new session, known to be of the account and role that were asked for.
   * @throws {ShardrockError} `account-mismatch` when it is not.
   */
  assume(request: SessionRequest, signal: AbortSignal): Promise<SessionCredentials>;
}

/** What the config says of sessions besides the roles. */
export interface SessionRules {
  /** The session policy of a role; none unless told. */
  readonly policyOf?: ((role: AssumedRole) => string | undefined) | undefined;
  /** Region whose STS is asked; the role's first unless told. */
  readonly stsRegion?: string | undefined;
}

export interface AssumedRolesOptions extends SessionRules {
  readonly source: SessionSource;
  /** Told once for each session that turned out to be another account's. */
  readonly onMismatch?: ((accountId: string, error: ShardrockError) => void) | undefined;
  /** Longest that one question to STS may take, in ms. */
  readonly credentialsMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** One credentials cache per role session, shared by all Regions and callers. The host's own credentials never leave by it. */
export class AssumedRoles implements Disposable {
  readonly #options: AssumedRolesOptions;
  readonly #sessions = new Map<string, RoleSession>();
  #sessionOf = new WeakMap<AssumedRole, RoleSession>();
  #rules: SessionRules;

  constructor(options: AssumedRolesOptions) {
    this.#options = options;
    this.#rules = options;
  }

  /** The session of a role; the same for every account that describes it alike. */
  session(role: AssumedRole): RoleSession {
    const known = this.#sessionOf.get(role);
    if (known !== undefined) return known;
    const request = this.#requestFor(role);
    const key = sessionKey(request);
    const session = this.#sessions.get(key) ?? this.#make(request);
    this.#sessions.set(key, session);
    this.#sessionOf.set(role, session);
    return session;
  }

  /** Another config is in force: sessions that it describes as the old one did go on. */
  change(rules: SessionRules): void {
    this.#rules = rules;
    this.#sessionOf = new WeakMap();
  }

  /** The sessions there are that none of these roles uses. */
  unusedBy(roles: Iterable<AssumedRole>): readonly RoleSession[] {
    const used = new Set([...roles].map((role) => sessionKey(this.#requestFor(role))));
    return [...this.#sessions].flatMap(([key, session]) => (used.has(key) ? [] : [session]));
  }

  /** Wipes the credentials of one session; its role has a new one when it is asked for again. */
  forget(session: RoleSession): void {
    for (const [key, known] of this.#sessions) if (known === session) this.#sessions.delete(key);
    this.#sessionOf = new WeakMap();
    session.wipe();
  }

  /** Wipes all credentials for good. */
  [Symbol.dispose](): void {
    for (const session of this.#sessions.values()) session.wipe();
    this.#options.source[Symbol.dispose]();
  }

  #requestFor(role: AssumedRole): SessionRequest {
    const { source } = this.#options;
    const { stsRegion, policyOf } = this.#rules;
    return sessionRequest(role, { policy: policyOf?.(role), stsRegion, hostId: source.hostId });
  }

  #make(request: SessionRequest): RoleSession {
    const { source, onMismatch, credentialsMs, clock, random } = this.#options;
    const { accountId, roleArn, durationSeconds } = request;
    return new RoleSession({
      accountId,
      roleArn,
      durationSeconds,
      assumeRole: (signal) => source.assume(request, signal),
      onMismatch: (error) => onMismatch?.(accountId, error),
      credentialsMs,
      clock,
      random,
    });
  }
}
