import { type Clock, systemClock } from "../../clock.ts";
import { type Random, systemRandom } from "../../random.ts";
import { ShardrockError } from "../../errors.ts";
import type { Failover } from "../../routing/failover.ts";
import type { Router } from "../../routing/router.ts";
import { ConfigError, type ConfigProblem } from "../config/error.ts";
import { fixedProblems } from "../config/fixed-parts.ts";
import { parseConfig } from "../config/parse.ts";
import { isRecord } from "../config/plain-data.ts";
import type { Config, ShardrockConfig } from "../config/shardrock-config.ts";
import type { Fleet } from "../fleet/served-model.ts";
import { AssumedRoles } from "../identity/assumed-roles.ts";
import { sessionPolicies } from "../identity/session-policies.ts";
import { type HostCredentials, StsSessions } from "../identity/sts-sessions.ts";
import { sharedHandler } from "../transport/shared-handler.ts";
import type { RequestHandler } from "../transport/target-clients.ts";
import { type Environment, ineffectiveVariables, processEnvironment } from "./environment.ts";
import { Estimates } from "../usage/estimates/estimates.ts";
import { hostChain } from "./host-chain.ts";
import { ledgerLearner } from "./ledger-state.ts";
import { checkedConfig, type LiveRouter, type ReloadOptions } from "./live-router.ts";
import { openLiveRouter } from "./open-router.ts";
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
  readonly #sweep: SessionSweep;
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
    const { router, live, ledger } = openLiveRouter(config, { clock, random, failover: options.failover });
    this.router = router;
    this.#live = live;
    this.estimates = new Estimates({ fleet: live.fleet, clock, maxTokens, minuteMs: windows.minuteMs });
    const learners = { quotas: ledgerLearner(ledger), estimates: this.estimates };
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
    const swept = this.#sweepUnused();
    await ended;
    await swept;
  }

  /** @throws {ShardrockError} `option-invalid` or `closed`. */
  resume(accountId: string): void {
    this.#live.resume(accountId);
    void this.#sweepUnused();
  }

  /**
   * @throws {ConfigError} `config-invalid` with every problem at once; then nothing has changed.
   * @throws {ShardrockError} `closed`.
   */
  reload(input: ShardrockConfig | Config, { reason }: ReloadOptions = {}): void {
    const config = isLoaded(input) ? input : parseConfig(input);
    const fixed = fixedProblems(this.config, config);
    const checked = checkedConfig(config, (fleet) => [...fixed, ...policyProblems(fleet)]);
    const policyOf = sessionPolicies(checked.fleet);
    const apply = (): void => {
      this.roles.change({ policyOf, stsRegion: config.stsRegion });
      this.estimates.change({ fleet: checked.fleet, maxTokens: config.maxTokens });
    };
    this.#live.reload(checked, { apply, reason });
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
    const { operations } = this.router;
    operations.close(reason);
    const ended = operations.idle();
    await firstOf(ended, { clock: this.clock, timeoutMs, signal });
    operations.stop();
    this.destroy();
    await ended;
  }

  /** Takes no more calls, refuses those that wait, closes all connections and wipes all credentials. */
  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.router.close();
    this.#state?.[Symbol.dispose]();
    if (this.#ownsHandler) this.handler.destroy?.();
    this.roles[Symbol.dispose]();
  }

  #sweepUnused(): Promise<void> {
    const { accounts } = this.fleet;
    return this.#sweep.keepOnly(this.#live.inUse.flatMap((id) => accounts.get(id) ?? []));
  }
}

/** Resolves when the work is done, the time is up, or the signal aborts. */
async function firstOf(
  work: Promise<void>,
  {
    clock,
    timeoutMs,
    signal,
  }: { readonly clock: Clock; readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { promise: over, resolve } = withResolver();
  using _timer = clock.timer(timeoutMs, resolve, true);
  signal?.addEventListener("abort", resolve, { once: true });
  if (signal?.aborted) resolve();
  try {
    await Promise.race([work, over]);
  } finally {
    signal?.removeEventListener("abort", resolve);
  }
}

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
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
