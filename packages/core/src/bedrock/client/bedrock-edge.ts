import { type Clock, systemClock } from "../../clock.ts";
import { type Random, systemRandom } from "../../random.ts";
import type { Failover } from "../../routing/failover.ts";
import type { Router } from "../../routing/router.ts";
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
import { openRouter } from "./open-router.ts";
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

/** What every way into Bedrock shares in one process: one book, one router, one set of roles, one pool of sockets. */
export class BedrockEdge {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly router: Router;
  readonly fleet: Fleet;
  readonly estimates: Estimates;
  readonly roles: AssumedRoles;
  readonly handler: RequestHandler;
  readonly #ownsHandler: boolean;
  readonly #state: StateFile | undefined;

  /** @throws {ConfigError} `config-invalid` with every problem at once. */
  constructor(config: ShardrockConfig | Config, options: BedrockEdgeOptions) {
    const { clock = systemClock, random = systemRandom, requestHandler } = options;
    const { hostCredentials = hostChain, env = processEnvironment() } = options;
    this.config = isLoaded(config) ? config : parseConfig(config);
    this.clock = clock;
    this.random = random;
    const { endpoints, stsRegion, timeouts, maxTokens, windows, state } = this.config;
    const { router, fleet, ledger } = openRouter(this.config, { clock, random, failover: options.failover });
    this.router = router;
    this.fleet = fleet;
    this.estimates = new Estimates({ fleet, clock, maxTokens, minuteMs: windows.minuteMs });
    const learners = { quotas: ledgerLearner(ledger), estimates: this.estimates };
    const warn = (code: string, message: string): void => router.warn(code, message);
    this.#state = state && new StateFile({ file: state.file, learners, clock, warn });
    for (const { name, message } of ineffectiveVariables(env)) this.router.warn(`environment:${name}`, message);
    this.#ownsHandler = requestHandler === undefined;
    this.handler = requestHandler ?? sharedHandler(timeouts.connectMs);
    this.roles = new AssumedRoles({
      source: new StsSessions({
        requestHandler: this.handler,
        hostCredentials,
        endpoint: endpoints.sts,
        includeProviderMessage: this.config.errors.includeProviderMessage,
      }),
      policyOf: sessionPolicies(this.fleet),
      stsRegion,
      onMismatch: (accountId, { message }) => this.router.warn(`account-mismatch:${accountId}`, message),
      credentialsMs: timeouts.credentialsMs,
      clock,
      random,
    });
  }

  /** Takes no more calls, refuses those that wait, closes all connections and wipes all credentials. */
  close(): void {
    this.router.close();
    this.#state?.[Symbol.dispose]();
    if (this.#ownsHandler) this.handler.destroy?.();
    this.roles[Symbol.dispose]();
  }
}

function isLoaded(config: ShardrockConfig | Config): config is Config {
  return isRecord(config) && config.models instanceof Map;
}
