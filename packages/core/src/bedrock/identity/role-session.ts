import type { Clock } from "../../clock.ts";
import { ShardrockError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import { rejectOnAbort } from "../transport/reject-on-abort.ts";
import { RoleIdentity, type SessionCredentials } from "./role-identity.ts";
import { SessionLife } from "./session-life.ts";

/**
 * Asks STS for a session once. Rejects when STS says no, when the signal aborts, and with `account-mismatch` when the
 * session is not of the account and role.
 */
export type AssumeRole = (signal: AbortSignal) => Promise<SessionCredentials>;

export interface RoleSessionOptions {
  /** For messages: whose role it is. */
  readonly accountId: string;
  readonly roleArn: string;
  /** What STS is asked for; a session is never used for longer. Only its own end counts unless told. */
  readonly durationSeconds?: number | undefined;
  readonly assumeRole: AssumeRole;
  /** Told once, when the session turned out to be another account's or role's. */
  readonly onMismatch?: ((error: ShardrockError) => void) | undefined;
  /** Longest that one question to STS may take, in ms. */
  readonly credentialsMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** From one background refresh to the next when it fails, doubled each time; up to half of it less, by chance. */
const refreshPauseMs = 10_000;
const longestRefreshPauseMs = 80_000;

/** A failure answers all who ask within this time; for how long the account rests is for Health to say. */
const failureMemoryMs = 1_000;

/** AWS may refuse one session in this time; when it refuses the next as well, a third would fare no better. */
const renewalPauseMs = 10_000;

interface Held {
  readonly identity: RoleIdentity;
  readonly life: SessionLife;
}

/**
 * The credentials of one role session, for all its Regions and callers: one question to STS at a time. From half of their
 * life on (up to a tenth later, by chance) they are replaced in the background of a call; while STS is down they stay in
 * use until 30 s before their true end.
 */
export class RoleSession {
  readonly #options: RoleSessionOptions;
  readonly #closing = new AbortController();
  #held: Held | undefined;
  #asking: Promise<RoleIdentity> | undefined;
  #failure: { readonly error: ShardrockError; readonly untilMs: number } | undefined;
  #ended: ShardrockError | undefined;
  #nextRefreshMs = Number.NEGATIVE_INFINITY;
  #nextRenewalMs = Number.NEGATIVE_INFINITY;
  #refreshPauseMs = refreshPauseMs;

  constructor(options: RoleSessionOptions) {
    this.#options = options;
  }

  /** 12 digits. */
  get accountId(): string {
    return this.#options.accountId;
  }

  /** The credentials at hand, if they can be used now. */
  get current(): RoleIdentity | undefined {
    return this.#usable()?.identity;
  }

  /** Whether `resolve` would answer at once; starts a refresh that is due. */
  isAtHand(): boolean {
    const held = this.#usable();
    if (held?.life.isRefreshDue === true) this.#refresh();
    return held !== undefined;
  }

  /**
   * Usable credentials: at once when they are at hand, else from STS.
   * @throws {ShardrockError} `credentials-unavailable` when STS does not give them in time; `cause` says why.
   * @throws {ShardrockError} `account-mismatch` for good, once STS gave a session of another account or role.
   * @throws the signal's reason, when it aborts.
   */
  async resolve(signal?: AbortSignal): Promise<RoleIdentity> {
    signal?.throwIfAborted();
    const held = this.#usable();
    if (held === undefined) return rejectOnAbort(this.#ask(), signal);
    if (held.life.isRefreshDue) this.#refresh();
    return held.identity;
  }

  /**
   * Other credentials than those AWS has just refused as expired or unknown: the ones at hand when they are others
   * already, else new ones from STS, asked once for all callers.
   * @throws as `resolve`; and `credentials-unavailable` without asking when AWS refused another session just before.
   */
  async renew(used: RoleIdentity, signal?: AbortSignal): Promise<RoleIdentity> {
    signal?.throwIfAborted();
    if (this.#held?.identity === used) this.#drop();
    return this.current ?? rejectOnAbort(this.#ask(), signal);
  }

  /** Forgets the credentials for good, and gives up a question under way. */
  wipe(): void {
    const cause = new ShardrockError("closed", "this client is closed");
    this.#end(this.#unavailable(cause));
    this.#closing.abort(cause);
  }

  #usable(): Held | undefined {
    return this.#held?.life.isUsable ? this.#held : undefined;
  }

  /** Nobody waits for it, and its failure harms nobody: the credentials at hand are good still. */
  #refresh(): void {
    const { clock, random } = this.#options;
    if (clock.monotonicMs() < this.#nextRefreshMs) return;
    this.#nextRefreshMs = clock.monotonicMs() + this.#refreshPauseMs * (0.5 + random() / 2);
    this.#refreshPauseMs = Math.min(this.#refreshPauseMs * 2, longestRefreshPauseMs);
    this.#ask().catch(() => undefined); // remembered in #failure, and tried again after the pause
  }

  /** AWS does not take them any more. Asking for new ones must not become a storm when it never will. */
  #drop(): void {
    const nowMs = this.#options.clock.monotonicMs();
    this.#held = undefined;
    if (nowMs >= this.#nextRenewalMs) {
      this.#nextRenewalMs = nowMs + renewalPauseMs;
      return;
    }
    const error = this.#unavailable(new Error(`AWS refused two sessions within ${renewalPauseMs} ms`));
    this.#failure = { error, untilMs: this.#nextRenewalMs };
  }

  /** Joins the question under way, or the fresh failure of the last one. */
  #ask(): Promise<RoleIdentity> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#asking !== undefined) return this.#asking;
    const failure = this.#failure;
    const isFresh = failure !== undefined && this.#options.clock.monotonicMs() < failure.untilMs;
    if (isFresh) return Promise.reject(failure.error);
    const asking = this.#askSts().finally(() => {
      this.#asking = undefined;
    });
    this.#asking = asking;
    return asking;
  }

  async #askSts(): Promise<RoleIdentity> {
    const { clock, random, durationSeconds = Number.POSITIVE_INFINITY } = this.#options;
    const askedAtMs = clock.monotonicMs();
    try {
      const given = await this.#answer();
      const life = new SessionLife({ clock, random, askedAtMs, given, durationSeconds });
      this.#closing.signal.throwIfAborted();
      this.#held = { identity: new RoleIdentity(given), life };
      this.#failure = undefined;
      this.#refreshPauseMs = refreshPauseMs;
      return this.#held.identity;
    } catch (cause) {
      throw this.#failed(cause);
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

  #failed(cause: unknown): ShardrockError {
    if (this.#ended !== undefined) return this.#ended;
    if (cause instanceof ShardrockError && cause.code === "account-mismatch") {
      this.#end(cause);
      this.#options.onMismatch?.(cause);
      return cause;
    }
    const error = this.#unavailable(cause);
    this.#failure = { error, untilMs: this.#options.clock.monotonicMs() + failureMemoryMs };
    return error;
  }

  /** Hands out no credentials and asks STS no more. */
  #end(error: ShardrockError): void {
    this.#ended ??= error;
    this.#held?.identity.wipe();
    this.#held = undefined;
  }

  #unavailable(cause: unknown): ShardrockError {
    const { accountId, roleArn } = this.#options;
    const message = `account ${accountId}: no credentials for ${roleArn}: ${reasonOf(cause)}`;
    return new ShardrockError("credentials-unavailable", message, { cause });
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown reason";
  const saysItself = cause instanceof ShardrockError || cause.name === "Error" || cause.message.startsWith(cause.name);
  return saysItself ? cause.message : `${cause.name}: ${cause.message}`;
}
