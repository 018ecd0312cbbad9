import type { Clock } from "../../clock.ts";
import { ShardrockError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import { rejectOnAbort } from "../transport/reject-on-abort.ts";
import { RoleIdentity, type SessionCredentials } from "./role-identity.ts";

/** Asks STS for a session once. Rejects when STS says no, and when the signal aborts. */
export type AssumeRole = (signal: AbortSignal) => Promise<SessionCredentials>;

export interface RoleSessionOptions {
  /** For messages: whose role it is. */
  readonly accountId: string;
  readonly roleArn: string;
  readonly assumeRole: AssumeRole;
  /** Longest that one question to STS may take, in ms. */
  readonly credentialsMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** Credentials are not used this close to their end: a signature must outlive the way to AWS. */
const safetyMs = 30_000;

/** A background refresh starts this long before the end, up to a fifth earlier so that processes do not all ask at once. */
const refreshAheadMs = 300_000;

/** From one background refresh to the next, when it fails; up to half of it less, by chance. */
const refreshPauseMs = 10_000;

/** A failure answers all who ask within this time; for how long the account rests is for Health to say. */
const failureMemoryMs = 1_000;

interface Held {
  readonly identity: RoleIdentity;
  /** On the clock's `epochMs`, as is `refreshAtMs`. */
  readonly usableUntilMs: number;
  readonly refreshAtMs: number;
}

/**
 * The credentials of one role session, for all its Regions and callers: one question to STS at a time, asked anew ahead
 * of the end, and the old credentials stay in use until their true end when STS is down.
 */
export class RoleSession {
  readonly #options: RoleSessionOptions;
  readonly #closing = new AbortController();
  #held: Held | undefined;
  #asking: Promise<RoleIdentity> | undefined;
  #failure: { readonly error: ShardrockError; readonly atMs: number } | undefined;
  #nextRefreshMs = Number.NEGATIVE_INFINITY;

  constructor(options: RoleSessionOptions) {
    this.#options = options;
  }

  /** The credentials at hand, if they can be used now. */
  get current(): RoleIdentity | undefined {
    return this.#usable()?.identity;
  }

  /**
   * Usable credentials: at once when they are at hand, else from STS.
   * @throws {ShardrockError} `credentials-unavailable` when STS does not give them in time; `cause` says why.
   * @throws the signal's reason, when it aborts.
   */
  async resolve(signal?: AbortSignal): Promise<RoleIdentity> {
    signal?.throwIfAborted();
    const held = this.#usable();
    if (held === undefined) return rejectOnAbort(this.#ask(), signal);
    if (this.#options.clock.epochMs() >= held.refreshAtMs) this.#refresh();
    return held.identity;
  }

  /**
   * Credentials other than those AWS has just refused: newer ones at hand, else from STS.
   * @throws as `resolve` does.
   */
  async renew(used: RoleIdentity | undefined, signal?: AbortSignal): Promise<RoleIdentity> {
    signal?.throwIfAborted();
    const held = this.#usable();
    return held !== undefined && held.identity !== used ? held.identity : rejectOnAbort(this.#ask(), signal);
  }

  /** Forgets the credentials for good, and gives up a question under way. */
  wipe(): void {
    this.#held = undefined;
    this.#closing.abort(new ShardrockError("closed", "this client is closed"));
  }

  #usable(): Held | undefined {
    const held = this.#held;
    return held !== undefined && this.#options.clock.epochMs() < held.usableUntilMs ? held : undefined;
  }

  /** Nobody waits for it, and its failure harms nobody: the credentials at hand are good still. */
  #refresh(): void {
    const { clock, random } = this.#options;
    if (clock.monotonicMs() < this.#nextRefreshMs) return;
    this.#nextRefreshMs = clock.monotonicMs() + refreshPauseMs * (0.5 + random() / 2);
    this.#ask().catch(() => undefined); // remembered in #failure, and tried again after the pause
  }

  /** Joins the question under way, or the fresh failure of the last one. */
  #ask(): Promise<RoleIdentity> {
    if (this.#asking !== undefined) return this.#asking;
    const failure = this.#failure;
    const isFresh = failure !== undefined && this.#options.clock.monotonicMs() - failure.atMs < failureMemoryMs;
    if (isFresh) return Promise.reject(failure.error);
    const asking = this.#askSts().finally(() => {
      this.#asking = undefined;
    });
    this.#asking = asking;
    return asking;
  }

  async #askSts(): Promise<RoleIdentity> {
    const { clock, accountId, roleArn } = this.#options;
    try {
      const held = this.#hold(await this.#answer());
      if (!this.#closing.signal.aborted) this.#held = held;
      this.#failure = undefined;
      return held.identity;
    } catch (cause) {
      const message = `account ${accountId}: no credentials for ${roleArn}: ${reasonOf(cause)}`;
      const error = new ShardrockError("credentials-unavailable", message, { cause });
      this.#failure = { error, atMs: clock.monotonicMs() };
      throw error;
    }
  }

  /** The SDK may wait for the host's own credentials without end and does not hear signals meanwhile, so we time it. */
  async #answer(): Promise<SessionCredentials> {
    const { assumeRole, clock, credentialsMs } = this.#options;
    const giveUp = new AbortController();
    using _timer = clock.timer(credentialsMs, () => giveUp.abort(new Error(`no answer in ${credentialsMs} ms`)));
    const signal = AbortSignal.any([giveUp.signal, this.#closing.signal]);
    return await rejectOnAbort(assumeRole(signal), signal);
  }

  #hold(secret: SessionCredentials): Held {
    const nowMs = this.#options.clock.epochMs();
    const usableUntilMs = secret.expiration.getTime() - safetyMs;
    if (!(usableUntilMs > nowMs)) throw new Error("STS gave credentials that have ended already");
    const aheadMs = Math.min(refreshAheadMs, (usableUntilMs - nowMs) / 2) * (1 + this.#options.random() / 5);
    return { identity: new RoleIdentity(secret), usableUntilMs, refreshAtMs: usableUntilMs - aheadMs };
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : "unknown reason";
}
