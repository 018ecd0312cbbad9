import { inspect } from "node:util";

/** What STS gives for an assumed role. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** When AWS stops taking them. */
  readonly expiration: Date;
}

const redacted = "[redacted]";

/** Session credentials that print as `[redacted]`, in JSON as in `console.log`; the SDK reads them by name. */
export class RoleIdentity implements SessionCredentials {
  readonly #secret: SessionCredentials;

  constructor(secret: SessionCredentials) {
    this.#secret = secret;
    Object.defineProperty(this, inspect.custom, { value: () => redacted });
  }

  get accessKeyId(): string {
    return this.#secret.accessKeyId;
  }

  get secretAccessKey(): string {
    return this.#secret.secretAccessKey;
  }

  get sessionToken(): string {
    return this.#secret.sessionToken;
  }

  get expiration(): Date {
    return this.#secret.expiration;
  }

  toJSON(): string {
    return redacted;
  }

  toString(): string {
    return redacted;
  }
}
