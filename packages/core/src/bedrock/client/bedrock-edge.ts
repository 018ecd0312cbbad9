import { type Clock, systemClock } from "../../clock.ts";
import { type Random, systemRandom } from "../../random.ts";
import { ShardrockError } from "../../errors.ts";
import type { Failover } from "../../routing/failover.ts";
import type { Router } from "../../routing/router.ts";
import type { AccountConfig } from "../config/account.ts";
import { ConfigError, type ConfigProblem } from "../config/error.ts";
import { fixedProblems } from "../config/fixed-parts.ts";
import { parseConfig } from "../config/parse.ts";
import { isRecord } from "../config/plain-data.ts";
import type { Config, ShardrockConfig } from "../config/shardrock-config.ts";
import type { QuotaPlace } from "../fleet/findings.ts";
import type { Fleet } from "../fleet/served-model.ts";
import { AssumedRoles } from "../identity/assumed-roles.ts";
import { sessionPolicies } from "../identity/session-policies.ts";
import { type HostCredentials, StsSessions } from "../identity/sts-sessions.ts";
import { sharedHandler } from "../transport/shared-handler.ts";
import type { RequestHandler } from "../transport/target-clients.ts";
import { type Environment, ineffectiveVariables, processEnvironment } from "./environment.ts";
import { Estimates } from "../usage/estimates/estimates.ts";
import { hostChain } from "./host-chain.ts";
import { firstOf } from "./first-of.ts";
import type { LedgerSource } from "./ledger-source.ts";
import { checkedConfig, type LiveRouter, type ReloadOptions } from "./live-router.ts";
import { openLiveRouter } from "./open-router.ts";
import { quotaHost } from "./quota-host.ts";
import { QuotaReaders } from "./quota-readers.ts";
import type { MonitoringRole, QuotaClientOptions, QuotaHost, QuotaSource, QuotaWatch } from "./quota-source.ts";
import { ReadyGate } from "./ready-gate.ts";
import { bookProblems, type RouterBook } from "./router-book.ts";
import { SessionSweep } from "./session-sweep.ts";
import { StateFile } from "./state-file.ts";

export interface BedrockEdgeOptions {
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /** Ask STS for the roles, and are used for nothing else; the SDK's usual chain unless told. */
  readonly hostCredentials?: HostCredentials | undefined;
  /** The variables of this process unless told. Those that have no effect here are named in warnings. */
  readonly env?: Environment | undefined;
  /** What happens when AWS fails: `failover()` of `@shardrock/failover`; core's own, simpler way unless told. */
  readonly failover?: Failover | undefined;
  /**
   * Where limits come from that the config does not give: `serviceQuotas()` of `@shardrock/quotas`. Calls that come before
   * quotas are known wait for them. Unless told, the config gives them all.
   */
  readonly quotas?: QuotaSource | undefined;
  /**
   * The book that several processes share, so that together they keep to every quota: `redisLedger()` of `@shardrock/redis`.
   * Unless told, this process has its own.
   */
  readonly ledger?: LedgerSource | undefined;
  /** Carries every request, to STS too, in place of our own; whoever made it destroys it. */
  readonly requestHandler?: RequestHandler | undefined;
}

/** How a client is closed. */
export interface CloseOptions {
  /** Longest wait for calls under way, in ms, 0 or more; 30 000 unless told. Those that last longer are broken off. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait before its time: what is still under way is broken off at once. */
  readonly signal?: AbortSignal | undefined;
  /** For people: shows in the event; the first of several calls counts. */
  readonly reason?: string | undefined;
}

const usualCloseMs = 30_000;

/** What every way into Bedrock shares in one process: one book, one router, one set of roles, one pool of sockets. */
export class BedrockEdge {
  readonly clock: Clock;
  readonly random: Random;
  readonly router: Router;
  readonly estimates: Estimates;
  readonly roles: AssumedRoles;
  readonly handler: RequestHandler;
  readonly #live: LiveRouter;
  readonly #book: RouterBook;
  readonly #source: LedgerSource | undefined;
  readonly #sweep: SessionSweep;
  readonly #readers: QuotaReaders | undefined;
  readonly #quotas: QuotaWatch | undefined;
  readonly #gate: ReadyGate;
  readonly #ownsHandler: boolean;
  readonly #state: StateFile | undefined;
  #isDestroyed = false;

  /** @throws {ConfigError} `config-invalid` with every problem at once. */
  constructor(input: ShardrockConfig | Config, options: BedrockEdgeOptions) {
    const { clock = systemClock, random = systemRandom, requestHandler } = options;
    const { hostCredentials = hostChain, env = processEnvironment() } = options;
    const config = isLoaded(input) ? input : parseConfig(input);
    this.clock = clock;
    this.random = random;
    const { endpoints, stsRegion, timeouts, maxTokens, windows, state, errors } = config;
    const { failover, quotas, ledger: source } = options;
    const parts = openLiveRouter(config, {
      clock,
      random,
      failover,
      quotas,
      ledger: source,
      problemsOf: policyProblems,
    });
    const { router, live, book } = parts;
    this.router = router;
    this.#book = book;
    this.#source = source;
    this.#live = live;
    this.estimates = new Estimates({ fleet: live.fleet, clock, maxTokens, minuteMs: windows.minuteMs });
    const learners = { ...(book.learner && { quotas: book.learner }), estimates: this.estimates };
    const warn = (code: string, message: string): void => router.warn(code, message);
    this.#state = state && new StateFile({ file: state.file, learners, clock, warn });
    for (const { name, message } of ineffectiveVariables(env)) this.router.warn(`environment:${name}`, message);
    this.#ownsHandler = requestHandler === undefined;
    this.handler = requestHandler ?? sharedHandler(timeouts.connectMs);
    const { includeProviderMessage } = errors;
    const asking = { requestHandler: this.handler, hostCredentials, endpoint: endpoints.sts, includeProviderMessage };
    this.roles = new AssumedRoles({
      source: new StsSessions(asking),
      policyOf: sessionPolicies(live.fleet),
      stsRegion,
      onMismatch: (accountId, { message }) => this.router.warn(`account-mismatch:${accountId}`, message),
      credentialsMs: timeouts.credentialsMs,
      clock,
      random,
    });
    this.#sweep = new SessionSweep({ roles: this.roles, operations: router.operations });
    this.#readers =
      quotas && new QuotaReaders({ roles: this.roles, handler: this.handler, policy: quotas.sessionPolicy });
    const clientOptions: QuotaHost["clientOptions"] = (place, role) => this.#clientOptions(place, role);
    const prepare = (fleet: Fleet): (() => void) => this.#prepareFound(fleet);
    this.#quotas = quotas?.watch(quotaHost({ ...parts, clock, random, clientOptions, prepare }));
    this.#gate = new ReadyGate(this.#quotas?.ready, clock);
  }

  /** Whether quotas are known, as far as they could be read. */
  get isReady(): boolean {
    return this.#gate.isOpen;
  }

  /**
   * Waits for quotas to be known, as long as a call may wait for room.
   * @throws an `AbortError` when the caller's signal aborts.
   * @throws {NoCapacityError} when it takes too long, or too many wait.
   * @throws {ShardrockError} `closed`.
   */
  async untilReady(signal: AbortSignal | undefined, maxWaitMs?: number): Promise<void> {
    const { waiting } = this.config;
    await this.#gate.pass({ signal, maxWaitMs: maxWaitMs ?? waiting.maxWaitMs, maxQueued: waiting.maxQueued });
    this.router.operations.demandOpen();
  }

  /** In force now. */
  get config(): Config {
    return this.#live.config;
  }

  /** In force now. */
  get fleet(): Fleet {
    return this.#live.fleet;
  }

  /**
   * @returns when the last call there has ended and its credentials are wiped, or it was resumed.
   * @throws {ShardrockError} `option-invalid` or `closed`.
   */
  async drain(accountId: string, reason: string | undefined): Promise<void> {
    const ended = this.#live.drain(accountId, reason);
    this.#quotas?.placesChanged();
    const swept = this.#sweepUnused();
    await ended;
    await swept;
  }

  /** @throws {ShardrockError} `option-invalid` or `closed`. */
  resume(accountId: string): void {
    this.#live.resume(accountId);
    this.#quotas?.placesChanged();
    void this.#sweepUnused();
  }

  /**
   * @throws {ConfigError} `config-invalid` with every problem at once; then nothing has changed.
   * @throws {ShardrockError} `closed`.
   */
  reload(input: ShardrockConfig | Config, { reason }: ReloadOptions = {}): void {
    const config = isLoaded(input) ? input : parseConfig(input);
    const fixed = [...fixedProblems(this.config, config), ...bookProblems(config, this.#source)];
    const { findings } = this.#live;
    const checked = checkedConfig({ config, findings }, (fleet) => [...fixed, ...policyProblems(fleet)]);
    this.#live.reload(checked, { apply: this.#prepare(config, checked.fleet), reason });
    this.#quotas?.placesChanged();
    void this.#sweepUnused();
  }

  /**
   * Takes no more calls, waits for those under way, and ends everything.
   * @throws {ShardrockError} `option-invalid`.
   */
  async close({ timeoutMs = usualCloseMs, signal, reason }: CloseOptions = {}): Promise<void> {
    if (!(timeoutMs >= 0 && timeoutMs < Number.POSITIVE_INFINITY)) {
      throw new ShardrockError("option-invalid", `timeoutMs must be a finite number from 0 up, got ${timeoutMs}`);
    }
    const { clock, router } = this;
    const { operations } = router;
    const untilMs = clock.monotonicMs() + timeoutMs;
    operations.close(reason);
    const ended = operations.idle();
    await firstOf(ended, { clock, timeoutMs, signal });
    operations.stop();
    this.#end();
    await ended; // what was broken off has to be written too
    await this.#book.close({ clock, timeoutMs: Math.max(0, untilMs - clock.monotonicMs()), signal });
  }

  /** Takes no more calls, refuses those that wait, closes all connections and wipes all credentials. */
  destroy(): void {
    this.#end();
    void this.#book.close({ clock: this.clock, timeoutMs: 0 });
  }

  #end(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.router.close();
    this.#quotas?.[Symbol.dispose]();
    this.#state?.[Symbol.dispose]();
    if (this.#ownsHandler) this.handler.destroy?.();
    this.roles[Symbol.dispose]();
  }

  /** @returns makes what goes by a fleet besides the router go by another. */
  #prepare({ stsRegion, maxTokens }: Config, fleet: Fleet): () => void {
    const policyOf = sessionPolicies(fleet);
    return () => {
      this.roles.change({ policyOf, stsRegion });
      this.estimates.change({ fleet, maxTokens });
    };
  }

  /** Sessions that go by other targets than before are others: what is left of the old ones is wiped. */
  #prepareFound(fleet: Fleet): () => void {
    const apply = this.#prepare(this.config, fleet);
    return () => {
      apply();
      void this.#sweepUnused();
    };
  }

  #clientOptions({ accountId, region }: QuotaPlace, monitoring: MonitoringRole | undefined): QuotaClientOptions {
    const readers = this.#readers;
    if (readers === undefined) throw new ShardrockError("option-invalid", "this client was told of no quotas to read");
    if (monitoring !== undefined) return readers.monitoringOptions(monitoring, region);
    const account = (): AccountConfig => this.#accountNow(accountId);
    account();
    return readers.clientOptions(account, region);
  }

  #accountNow(accountId: string): AccountConfig {
    const account = this.fleet.accounts.get(accountId);
    if (account !== undefined && this.#live.inUse.includes(accountId)) return account;
    throw new ShardrockError("option-invalid", `account ${accountId} is drained, or not in the config any more`);
  }

  #sweepUnused(): Promise<void> {
    const { accounts } = this.fleet;
    const inUse = this.#live.inUse.flatMap((id) => accounts.get(id) ?? []);
    const readers = inUse.flatMap((account) => this.#readers?.roleOf(account) ?? []);
    return this.#sweep.keepOnly([...inUse, ...readers, ...(this.#readers?.monitoring ?? [])]);
  }
}

/** What is wrong with the session policies of a fleet. */
function policyProblems(fleet: Fleet | undefined): readonly ConfigProblem[] {
  try {
    if (fleet !== undefined) sessionPolicies(fleet);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function isLoaded(config: ShardrockConfig | Config): config is Config {
  return isRecord(config) && config.models instanceof Map;
}
