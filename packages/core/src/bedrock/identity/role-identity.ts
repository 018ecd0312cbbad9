import { inspect } from "node:util";
import { ShardrockError } from "../../errors.ts";

/** What STS gives for an assumed role. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** When AWS stops taking them. */
  readonly expiration: Date;
  /** AWS's clock minus this machine's in ms, as far as known; default 0. */
  readonly clockOffsetMs?: number | undefined;
}

const redacted = "[redacted]";

/** Session credentials that print as `[redacted]`, in JSON as in `console.log`; the SDK reads them by name. */
export class RoleIdentity implements SessionCredentials {
  #secret: SessionCredentials | undefined;

  constructor(secret: SessionCredentials) {
    this.#secret = secret;
    Object.defineProperty(this, inspect.custom, { value: () => redacted });
  }

  get accessKeyId(): string {
    return this.#read().accessKeyId;
  }

  get secretAccessKey(): string {
    return this.#read().secretAccessKey;
  }

  get sessionToken(): string {
    return this.#read().sessionToken;
  }

  get expiration(): Date {
    return this.#read().expiration;
  }

  toJSON(): string {
    return redacted;
  }

  toString(): string {
    return redacted;
  }

  /** A text of AWS's without the secrets, which it may quote; nothing of it when they are no longer known. */
  redact(text: string): string {
    if (this.#secret === undefined) return "";
    const { secretAccessKey, sessionToken } = this.#secret;
    return text.replaceAll(secretAccessKey, redacted).replaceAll(sessionToken, redacted);
  }

  /** Forgets the secret, for everyone who holds this identity. */
  wipe(): void {
    this.#secret = undefined;
  }

  /** @throws {ShardrockError} `credentials-unavailable` once they were wiped. */
  #read(): SessionCredentials {
    if (this.#secret === undefined) throw new ShardrockError("credentials-unavailable", "these credentials were wiped");
    return this.#secret;
  }
}
