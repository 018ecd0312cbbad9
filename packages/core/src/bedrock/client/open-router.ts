import type { Ledger } from "../../budget/ledger.ts";
import { CappedLimits } from "../../budget/capped-limits.ts";
import type { Cost } from "../../budget/quota.ts";
import type { Candidate } from "../../budget/target.ts";
import { type Clock, systemClock } from "../../clock.ts";
import { ShardrockError } from "../../errors.ts";
import { type Random, systemRandom } from "../../random.ts";
import { BlockingHealth } from "../../routing/blocking-health.ts";
import type { Failover } from "../../routing/failover.ts";
import { moveOnWhenUnprocessed } from "../../routing/failover-policy.ts";
import { Router } from "../../routing/router.ts";
import { classify } from "../classify.ts";
import { publishDiagnostics } from "./diagnostics.ts";
import { type Fleet, servedModel } from "../fleet/served-model.ts";
import { fixedParts, fixedProblems } from "../config/fixed-parts.ts";
import type { ConfigProblem } from "../config/error.ts";
import type { Config } from "../config/shardrock-config.ts";
import { noFindings } from "../fleet/findings.ts";
import type { LedgerSource } from "./ledger-source.ts";
import { quotaHost } from "./quota-host.ts";
import type { QuotaSource } from "./quota-source.ts";
import { checkedConfig, LiveRouter, type ReloadOptions, setLimit } from "./live-router.ts";
import { bookProblems, RouterBook } from "./router-book.ts";
import { accountShareIn, routerRules } from "./router-rules.ts";

export interface OpenRouterOptions {
  /** The machine's own unless told. */
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /**
   * What happens when AWS fails, such as `failover()` of `@shardrock/failover`. Unless told, what AWS did not process moves
   * on, and what failed is left alone for a while.
   */
  readonly failover?: Failover | undefined;
  /**
   * Where limits come from that the config does not give, such as `serviceQuotas()` of `@shardrock/quotas`. Unless told, the
   * config gives them all.
   */
  readonly quotas?: QuotaSource | undefined;
  /**
   * The book that several processes share, such as `redisLedger()` of `@shardrock/redis`. Unless told, this process has its
   * own.
   */
  readonly ledger?: LedgerSource | undefined;
}

/**
 * A router over the targets of a config, for any transport. Disposing it ends what it does by itself: it asks AWS for quotas,
 * and keeps up with the other processes that share its book. `await using` waits until the shared book has all that ended.
 */
export interface OpenRouter extends Disposable, AsyncDisposable {
  readonly router: Router;
  readonly ledger: Ledger;
  /** Of the config in force. */
  readonly fleet: Fleet;
  /** Resolves when quotas are known, as far as they could be read; at once where the config gives them all. */
  readonly ready: Promise<void>;
  /**
   * Every target that serves a model, at the same cost; to be asked for each call, since a reload exchanges them.
   * @throws {ShardrockError} `model-unknown` naming the models there are.
   */
  readonly candidates: (modelName: string, cost: Cost) => readonly Candidate[];
  /**
   * An account takes no new calls from now on; resolves when its last call has ended.
   * @throws {ShardrockError} `option-invalid` naming the accounts there are.
   */
  readonly drain: (accountId: string, reason?: string) => Promise<void>;
  /**
   * An account takes calls again.
   * @throws {ShardrockError} `option-invalid` naming the accounts there are.
   */
  readonly resume: (accountId: string) => void;
  /**
   * Takes over another config: calls under way finish by the old one, calls that wait go on by the new one, at those of
   * their targets that stay, unless `run` was told how to plan them anew.
   * @throws {ConfigError} `config-invalid`, every problem at once; then nothing has changed.
   */
  readonly reload: (config: Config, options?: ReloadOptions) => void;
}

export interface LiveRouterParts extends OpenRouterOptions {
  /** Problems that others have with what the config amounts to; undefined: it amounts to nothing. */
  readonly problemsOf?: ((fleet: Fleet | undefined) => readonly ConfigProblem[]) | undefined;
}

/** What a router is made of, and how its config is changed. */
export interface LiveParts {
  readonly router: Router;
  readonly ledger: Ledger;
  readonly book: RouterBook;
  readonly limits: CappedLimits;
  readonly live: LiveRouter;
}

/**
 * Builds everything between a config and a transport: targets, limits, the book, health and the router.
 * @throws {ConfigError} `config-invalid`, every problem at once.
 */
export function openRouter(config: Config, options: OpenRouterOptions = {}): OpenRouter {
  const { clock = systemClock, random = systemRandom, quotas, ledger: source } = options;
  const parts = openLiveRouter(config, options);
  const { router, ledger, book, live } = parts;
  const watch = quotas?.watch(quotaHost({ ...parts, clock, random, clientOptions: noClient }));
  return {
    router,
    ledger,
    ready: watch?.ready ?? Promise.resolve(),
    get fleet(): Fleet {
      return live.fleet;
    },
    candidates: (modelName, cost) => servedModel(live.fleet, modelName).targets.map((target) => ({ target, cost })),
    drain: async (accountId, reason) => {
      const ended = live.drain(accountId, reason);
      watch?.placesChanged();
      await ended;
    },
    resume: (accountId) => {
      live.resume(accountId);
      watch?.placesChanged();
    },
    reload: (next, reloading) => {
      const fixed = (): readonly ConfigProblem[] => [
        ...fixedProblems(live.config, next, fixedParts.router),
        ...bookProblems(next, source),
      ];
      live.reload(checkedConfig({ config: next, findings: live.findings }, fixed), { reason: reloading?.reason });
      watch?.placesChanged();
    },
    [Symbol.dispose]: () => {
      watch?.[Symbol.dispose]();
      void book.close({ clock, timeoutMs: 0 });
    },
    [Symbol.asyncDispose]: async () => {
      watch?.[Symbol.dispose]();
      await book.close({ clock, timeoutMs: usualCloseMs });
    },
  };
}

/** Longest wait for a shared book to be written, in ms. */
const usualCloseMs = 30_000;

/** Its transport is the caller's own, so there are no roles to ask AWS with. */
function noClient(): never {
  const message =
    "a router without a transport has no roles to read quotas with: give serviceQuotas() a reader of your own";
  throw new ShardrockError("option-invalid", message);
}

/**
 * The parts of a router, for who has more to change than that.
 * @throws {ConfigError} as `openRouter` does.
 */
export function openLiveRouter(
  config: Config,
  { clock = systemClock, random = systemRandom, failover, quotas, ledger: source, problemsOf }: LiveRouterParts = {},
): LiveParts {
  const findings = quotas && noFindings;
  // Before the book is opened: nobody would close it.
  const { fleet } = checkedConfig({ config, findings }, (found) => [
    ...bookProblems(config, source),
    ...(problemsOf?.(found) ?? []),
  ]);
  const limits = new CappedLimits();
  limits.change(accountShareIn({ config, fleet }), () => {
    for (const limit of fleet.limits) setLimit(limits, limit);
  });
  const book = new RouterBook({ source, clock, random, limits });
  const { ledger } = book;
  const health = failover?.health({ clock, random }) ?? new BlockingHealth({ clock });
  book.join(health);
  const router = new Router({
    ledger,
    limits,
    health,
    policy: failover?.policy({ clock, random }) ?? moveOnWhenUnprocessed,
    classify,
    clock,
    random,
    ...routerRules(config),
  });
  publishDiagnostics(router);
  book.speakTo(router);
  const live = new LiveRouter({ config, fleet, findings, router, ledger, limits });
  return { router, ledger, book, limits, live };
}
