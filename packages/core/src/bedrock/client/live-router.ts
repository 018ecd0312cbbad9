import type { CappedLimits } from "../../budget/capped-limits.ts";
import type { Ledger } from "../../budget/ledger.ts";
import type { Target } from "../../budget/target.ts";
import { ShardrockError } from "../../errors.ts";
import type { Router } from "../../routing/router.ts";
import type { DrainedAccounts } from "../../routing/setting.ts";
import { ConfigError, type ConfigProblem } from "../config/error.ts";
import { didYouMean, nameList } from "../config/nearest-name.ts";
import type { Config } from "../config/shardrock-config.ts";
import type { DraftSource } from "../fleet/draft-targets.ts";
import type { Findings } from "../fleet/findings.ts";
import { buildFleet } from "../fleet/build-fleet.ts";
import type { Fleet, FleetLimit } from "../fleet/served-model.ts";
import { accountShareIn, routerRules } from "./router-rules.ts";

export interface LiveRouterOptions {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly router: Router;
  readonly ledger: Ledger;
  readonly limits: CappedLimits;
  /** What AWS tells, at first; undefined: it is not asked. */
  readonly findings?: Findings | undefined;
}

/** A config that has been checked whole, and what it amounts to with what AWS tells. */
export interface CheckedConfig {
  readonly config: Config;
  readonly fleet: Fleet;
}

/** How a config is taken over. */
export interface ReloadOptions {
  /** For people: shows in the event. */
  readonly reason?: string | undefined;
}

/** The same, for who goes by the config beside the router. */
export interface LiveReloadOptions extends ReloadOptions {
  /** Changes what else goes by the config, before any waiting call looks again. Must not throw. */
  readonly apply?: (() => void) | undefined;
}

/** The config a router goes by, and how it is changed while calls are under way. */
export class LiveRouter {
  readonly #options: LiveRouterOptions;
  #config: Config;
  #fleet: Fleet;
  #findings: Findings | undefined;
  /** Accounts drained by hand, which a new config does not bring back, and accounts that are gone. */
  readonly #byHand = new Set<string>();
  readonly #gone = new Set<string>();

  constructor(options: LiveRouterOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#fleet = options.fleet;
    this.#findings = options.findings;
    warnOfRefused(options.router, options.fleet);
  }

  get config(): Config {
    return this.#config;
  }

  get fleet(): Fleet {
    return this.#fleet;
  }

  /** What AWS tells; undefined: it is not asked. */
  get findings(): Findings | undefined {
    return this.#findings;
  }

  /** Accounts that take calls. */
  get inUse(): readonly string[] {
    const { drained } = this.#options.router.operations.setting;
    return [...this.#fleet.accounts.keys()].filter((id) => !drained.has(id));
  }

  /**
   * An account takes no new calls. At once: whoever waits for it looks elsewhere before this returns.
   * @returns when its last call has ended, or ended before it was resumed.
   * @throws {ShardrockError} `option-invalid` naming the accounts there are; `closed`.
   */
  drain(accountId: string, reason: string | undefined): Promise<void> {
    this.#demandAccount(accountId);
    const { operations } = this.#options.router;
    operations.drain(accountId, reason);
    this.#byHand.add(accountId);
    return operations.ended((target) => target.accountId === accountId);
  }

  /**
   * An account takes calls again, whether it was drained by hand or by the config.
   * @throws {ShardrockError} `option-invalid` naming the accounts there are; `closed`.
   */
  resume(accountId: string): void {
    this.#demandAccount(accountId);
    this.#options.router.operations.resume(accountId);
    this.#byHand.delete(accountId);
  }

  /**
   * Takes over a config, all of it at once.
   * @throws {ShardrockError} `closed`; then nothing has changed.
   */
  reload({ config, fleet }: CheckedConfig, { apply, reason }: LiveReloadOptions = {}): void {
    const { router } = this.#options;
    router.operations.demandOpen();
    const before = this.#fleet;
    const removed = [...before.accounts.keys()].filter((id) => !fleet.accounts.has(id));
    const added = [...fleet.accounts.keys()].filter((id) => !before.accounts.has(id));
    const targets = targetsById(fleet);
    const rules = routerRules(config);
    router.operations.reload({
      ...rules,
      drained: this.#drainedAfter(rules.drained, { fleet, removed }),
      added,
      removed,
      reason,
      targetOf: (id) => targets.get(id),
      apply: () => this.#exchange({ config, fleet }, apply),
    });
    warnOfRefused(router, fleet);
  }

  /**
   * AWS tells something else than before. Where only limits differ, nothing but those is touched.
   * @param prepare - checks another fleet, and returns what else is to go by it, which must not throw.
   * @throws {ConfigError} `config-invalid` where the config contradicts it; then nothing has changed.
   * @throws {ShardrockError} `closed`.
   */
  take(findings: Findings, prepare?: (fleet: Fleet) => () => void): void {
    const config = this.#config;
    this.#options.router.operations.demandOpen();
    const fleet = buildFleet(config, findings);
    if (isSameBut(this.#fleet, fleet)) {
      this.#setLimits({ config, fleet });
      this.#fleet = { ...this.#fleet, limits: fleet.limits };
    } else {
      const apply = prepare?.(fleet);
      const targets = targetsById(fleet);
      this.#options.router.operations.retarget({
        targetOf: (id) => targets.get(id),
        apply: () => this.#exchange({ config, fleet }, apply),
        reason: "AWS has told of other targets",
      });
      warnOfRefused(this.#options.router, fleet);
    }
    this.#findings = findings;
  }

  /** Everything that goes by config and fleet but the router's own rules. */
  #exchange({ config, fleet }: CheckedConfig, apply: (() => void) | undefined): void {
    const before = this.#fleet;
    this.#config = config;
    this.#setLimits({ config, fleet });
    this.#fleet = fleet;
    this.#options.ledger.forget?.(targetsById(before).values());
    apply?.();
  }

  #setLimits({ config, fleet }: CheckedConfig): void {
    const { limits } = this.#options;
    const before = this.#fleet.limits;
    const keys = new Set(fleet.limits.map(({ key }) => key));
    limits.change(accountShareIn({ config, fleet }), () => {
      for (const limit of fleet.limits) setLimit(limits, limit);
      for (const { key } of before) if (!keys.has(key)) limits.remove(key);
    });
  }

  /** Drained by the config, drained by hand, or gone: a call that was planned before must not go there. */
  #drainedAfter(
    byConfig: DrainedAccounts,
    { fleet, removed }: { readonly fleet: Fleet; readonly removed: readonly string[] },
  ): DrainedAccounts {
    const { drained } = this.#options.router.operations.setting;
    for (const id of removed) this.#gone.add(id);
    for (const id of fleet.accounts.keys()) this.#gone.delete(id);
    for (const id of this.#byHand) if (!fleet.accounts.has(id)) this.#byHand.delete(id);
    return new Map([
      ...[...this.#gone].map((id) => [id, "it is not in the config any more"] as const),
      ...byConfig,
      ...[...this.#byHand].map((id) => [id, drained.get(id)] as const),
    ]);
  }

  #demandAccount(accountId: string): void {
    const ids = [...this.#fleet.accounts.keys()];
    if (ids.includes(accountId)) return;
    const asked = JSON.stringify(accountId.slice(0, 64));
    const message = `No account ${asked} in the config${didYouMean(accountId, ids)}; it has ${nameList(ids)}`;
    throw new ShardrockError("option-invalid", message);
  }
}

/**
 * Checks a config whole.
 * @param others - problems that others have with it, given what it amounts to, or without when it amounts to nothing.
 * @throws {ConfigError} `config-invalid`, every problem at once.
 */
export function checkedConfig(
  { config, findings }: DraftSource,
  others: (fleet?: Fleet) => readonly ConfigProblem[],
): CheckedConfig {
  let fleet: Fleet;
  try {
    fleet = buildFleet(config, findings);
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError([...error.problems, ...others()]);
    throw error;
  }
  const problems = others(fleet);
  if (problems.length > 0) throw new ConfigError(problems);
  return { config, fleet };
}

function targetsById({ models, places }: Fleet): ReadonlyMap<string, Target> {
  const all = [
    ...[...models.values()].flatMap(({ targets, countTargets }) => [...targets, ...countTargets]),
    ...places,
  ];
  return new Map(all.map((target) => [target.id, target]));
}

/** Puts a limit in force as the fleet has it. */
export function setLimit(limits: CappedLimits, { key, value, most, source }: FleetLimit): void {
  limits.set(key, value, source);
  limits.setCeiling(key, most);
}

/** Whether two fleets differ in nothing but limits, so that the targets of the one may stay. */
function isSameBut(before: Fleet, after: Fleet): boolean {
  const shapeOf = ({ models, refused }: Fleet): string => JSON.stringify([[...models], refused]);
  return shapeOf(before) === shapeOf(after);
}

function warnOfRefused(router: Router, { refused }: Fleet): void {
  for (const { rule, model, targetId, reason } of refused) {
    router.warn(`${rule}:${model}:${targetId}`, `${targetId} is not used for ${model}: ${reason}`);
  }
}
