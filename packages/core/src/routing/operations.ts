import type { Target } from "../budget/target.ts";
import { ShardrockError } from "../errors.ts";
import type { Admission } from "./admission.ts";
import type { AdmissionBounds } from "./admission-options.ts";
import type { Affinity, AffinityOptions } from "./affinity.ts";
import type { Reporter } from "./reporter.ts";
import { RunningAttempts } from "./running-attempts.ts";
import type { DrainedAccounts, Setting, TargetSet } from "./setting.ts";
import { Tenants, type TenantShare } from "./tenants.ts";

export interface OperationsOptions {
  readonly setting: Setting;
  readonly admission: Admission;
  readonly affinity: Affinity;
  readonly tenants: Tenants;
  readonly reporter: Reporter;
}

/** Everything of a router that may change while it runs, all at once. */
export interface RouterReload extends TargetSet {
  readonly bounds: AdmissionBounds;
  readonly maxWaitMs: number;
  readonly ageingMs: number;
  readonly allowedRegions: readonly string[] | undefined;
  readonly tenants: Readonly<Record<string, TenantShare>>;
  readonly affinity: AffinityOptions;
  readonly configHash: string;
  readonly drained: DrainedAccounts;
  /** For the event: accounts that came and went. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** For the event: why. */
  readonly reason?: string | undefined;
  /** Changes what belongs to it, such as limits, before any waiting call looks again. Must not throw. */
  readonly apply: () => void;
}

/** Another set of targets under the rules in force. */
export type Retargeting = Pick<RouterReload, "targetOf" | "apply" | "reason">;

/** What an operator does to a router while calls are under way. Every change is done when its method returns. */
export class Operations {
  readonly running: RunningAttempts = new RunningAttempts();
  readonly #options: OperationsOptions;
  #setting: Setting;
  #isClosed = false;

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#setting = options.setting;
  }

  /** What applies now. */
  get setting(): Setting {
    return this.#setting;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * An account takes no new calls: those under way there finish, those that wait look elsewhere at once. A second drain
   * gives it another reason.
   * @throws {ShardrockError} `closed`.
   */
  drain(accountId: string, reason: string | undefined): void {
    this.demandOpen();
    this.#setDrained(new Map(this.#setting.drained).set(accountId, reason));
    this.#options.reporter.operated({ kind: "account-drain", scope: `account ${accountId}`, accountId, reason });
  }

  /**
   * An account takes calls again. Nothing happens when it did already.
   * @throws {ShardrockError} `closed`.
   */
  resume(accountId: string): void {
    this.demandOpen();
    const drained = new Map(this.#setting.drained);
    const reason = drained.get(accountId);
    if (!drained.delete(accountId)) return;
    this.#setDrained(drained);
    this.#options.reporter.operated({ kind: "account-resume", scope: `account ${accountId}`, accountId, reason });
  }

  /**
   * Exchanges the rules: calls under way finish by the old ones, calls that wait go on by the new ones, each at its place
   * by arrival. Tenants start level.
   * @throws {ShardrockError} `closed`, or `option-invalid`; then nothing has changed.
   */
  reload(reload: RouterReload): void {
    this.demandOpen();
    const { admission, affinity, tenants, reporter } = this.#options;
    const { allowedRegions, maxWaitMs, drained, targetOf, bounds, ageingMs, added, removed, reason } = reload;
    const shares = new Tenants(reload.tenants);
    affinity.change(reload.affinity);
    const exchange = (): void => {
      reload.apply();
      tenants.change(shares);
      this.#setting = { allowedRegions, maxWaitMs, drained, targets: { targetOf } };
    };
    admission.reload({ bounds, ageingMs }, exchange);
    const previousConfigHash = reporter.changeConfig(reload.configHash);
    reporter.operated({ kind: "config-reload", scope: "router", previousConfigHash, added, removed, reason });
  }

  /**
   * Exchanges the targets alone: rules, drains and what tenants have had stay as they are.
   * @throws {ShardrockError} `closed`.
   */
  retarget({ targetOf, apply, reason }: Retargeting): void {
    this.demandOpen();
    const { admission, reporter } = this.#options;
    admission.reload({}, () => {
      apply();
      this.#setting = { ...this.#setting, targets: { targetOf } };
    });
    const { configHash: previousConfigHash } = reporter;
    reporter.operated({ kind: "config-reload", scope: "router", previousConfigHash, added: [], removed: [], reason });
  }

  /** Takes no more calls and refuses those that wait; calls under way go on. @param reason - for the event; the first counts. */
  close(reason?: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.admission.close(closedError());
    const { inFlight } = this.#options.admission;
    this.#options.reporter.operated({ kind: "router-close", scope: "router", inFlight, reason });
  }

  /** Resolves when no call is under way: after `close`, when all have ended, those too that had just found room. */
  idle(): Promise<void> {
    return this.#options.admission.idle();
  }

  /** Resolves when the calls that are under way now at some targets have ended. */
  ended(at: (target: Target) => boolean): Promise<void> {
    return this.running.ended(at);
  }

  /** Breaks off every call under way, for those that outlast a bound. Transports must hear `onStop` of their attempt. */
  stop(): void {
    this.running.stop(() => new ShardrockError("closed", "this client was closed before the call had ended"));
  }

  /** @throws {ShardrockError} `closed`. */
  demandOpen(): void {
    if (this.#isClosed) throw closedError();
  }

  #setDrained(drained: DrainedAccounts): void {
    this.#options.admission.change(() => (this.#setting = { ...this.#setting, drained }));
  }
}

function closedError(): ShardrockError {
  return new ShardrockError("closed", "this client is closed: make a new one to send more calls");
}
