import { hash, randomBytes } from "node:crypto";

/** A caller as IAM knows it, and what it signs with. */
export interface Principal {
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  /** Milliseconds since 1970; Infinity for a long-term key. */
  readonly expiresAtMs: number;
  /** It came from AssumeRole here, so assuming another role is chaining. */
  readonly isRoleSession: boolean;
}

/** Credentials that exist before the first request: the host that assumes the roles, and whoever else may try. */
export interface SimulatedCaller {
  /** 12 digits. */
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Default: `arn:aws:iam::<accountId>:user/<accessKeyId>`. */
  readonly arn?: string;
}

/** Everyone who can sign, by access key id. */
export class Principals {
  readonly #byAccessKeyId = new Map<string, Principal>();

  constructor(callers: readonly SimulatedCaller[]) {
    for (const caller of callers) {
      this.#add({
        ...caller,
        arn: caller.arn ?? `arn:aws:iam::${caller.accountId}:user/${caller.accessKeyId}`,
        userId: caller.accessKeyId.replace(/^A[KS]IA/, "AIDA"),
        sessionToken: caller.sessionToken,
        expiresAtMs: Number.POSITIVE_INFINITY,
        isRoleSession: false,
      });
    }
  }

  find(accessKeyId: string): Principal | undefined {
    return this.#byAccessKeyId.get(accessKeyId);
  }

  /** Makes credentials for a role session. Expired ones stay known: AWS tells an expired token from an unknown one. */
  openSession(role: { readonly accountId: string; readonly roleArn: string }, session: SessionTerms): Principal {
    const roleName = role.roleArn.slice(role.roleArn.lastIndexOf("/") + 1);
    return this.#add({
      accountId: role.accountId,
      arn: `arn:aws:sts::${role.accountId}:assumed-role/${roleName}/${session.name}`,
      userId: `${roleIdOf(role.roleArn)}:${session.name}`,
      accessKeyId: `ASIA${randomId()}`,
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: randomBytes(256).toString("base64"),
      expiresAtMs: session.expiresAtMs,
      isRoleSession: true,
    });
  }

  #add(principal: Principal): Principal {
    this.#byAccessKeyId.set(principal.accessKeyId, principal);
    return principal;
  }
}

/** What AssumeRole asked for that ends up in the credentials. */
export interface SessionTerms {
  readonly name: string;
  readonly expiresAtMs: number;
}

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function randomId(): string {
  return Array.from(randomBytes(16), (byte) => base32[byte % 32]).join("");
}

/** The same for every session of a role, as AWS has it. */
function roleIdOf(roleArn: string): string {
  return `AROA${hash("sha256", roleArn).slice(0, 16).toUpperCase()}`;
}
