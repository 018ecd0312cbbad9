import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import { attemptEnd, callEnd, type Failure } from "./call-report.ts";
import type { HealthChange } from "./health.ts";
import { type Hears, Listeners } from "./listeners.ts";
import type { RoutedCall } from "./routed-call.ts";
import type {
  EventHead,
  LedgerNews,
  OperationEvent,
  QuotaNews,
  RouterEvent,
  RouterListener,
  Warning,
} from "./router-event.ts";
import type { RunningAttempt } from "./running-attempt.ts";

export interface ReporterOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Names the router; by chance unless told. */
  readonly id?: string | undefined;
  readonly configHash?: string | undefined;
}

type WithoutHead<Event extends EventHead> = Event extends EventHead ? Omit<Event, keyof EventHead> : never;

/** An operation's event without its head. */
export type OperationFacts = WithoutHead<OperationEvent>;
/** Names of unheard-of errors that are told of; a gateway may make up a new one for each answer. */
const mostUnheardOf = 100;

/** Tells listeners what happens; makes no event that nobody hears. */
export class Reporter {
  readonly #clock: Clock;
  #router: Omit<EventHead, "atMs">;
  readonly #listeners = new Listeners((error) => this.#onDropped(error));
  readonly #warnings = new Map<string, Warning>();
  readonly #unheardOf = new Set<string>();
  #droppedEvents = 0;

  constructor({ clock, random, id, configHash }: ReporterOptions) {
    this.#clock = clock;
    this.#router = { schemaVersion: 1, routerId: id ?? randomId(random), configHash };
  }

  /** Events that a listener failed to take. */
  get droppedEvents(): number {
    return this.#droppedEvents;
  }

  /** Tells the warnings so far, then every event from now on. */
  add(listener: RouterListener, hears?: Hears): Disposable {
    for (const warning of this.#warnings.values()) this.#listeners.tellOne(listener, warning);
    return this.#listeners.add(listener, hears);
  }

  /** Whether anybody wants events of a kind now. */
  hears(kind: RouterEvent["kind"]): boolean {
    return this.#listeners.hear(kind);
  }

  attemptEnded(call: RoutedCall, attempt: RunningAttempt): void {
    if (this.hears("attempt-end")) this.#listeners.tell(attemptEnd(call, attempt, this.#head()));
  }

  /** @param failure - what the caller was thrown; undefined: it was served. */
  callEnded(call: RoutedCall, failure?: Failure): void {
    if (this.hears("call-end")) this.#listeners.tell(callEnd(call, failure, this.#head()));
  }

  /** An operator did something. */
  operated(facts: OperationFacts): void {
    if (this.hears(facts.kind)) this.#listeners.tell({ ...this.#head(), ...facts });
  }

  get configHash(): string | undefined {
    return this.#router.configHash;
  }

  /** Another config is in force. @returns the hash of the one before. */
  changeConfig(configHash: string): string | undefined {
    const { configHash: before } = this.#router;
    this.#router = { ...this.#router, configHash };
    return before;
  }

  healthChanged(change: HealthChange): void {
    if (this.hears("health-change")) this.#listeners.tell({ kind: "health-change", ...this.#head(), ...change });
  }

  quotaChanged(news: QuotaNews): void {
    if (this.hears("quota-change")) this.#listeners.tell({ kind: "quota-change", ...this.#head(), ...news });
  }

  ledgerChanged(news: LedgerNews): void {
    if (this.hears("ledger-change")) this.#listeners.tell({ kind: "ledger-change", ...this.#head(), ...news });
  }

  /** What an error means that nobody has heard of is worth a person's look; once per name, and not for ever new names. */
  unheardOf(errorName: string, targetId: string): void {
    if (this.#unheardOf.size >= mostUnheardOf) return;
    this.#unheardOf.add(errorName);
    const message = `${targetId} failed with ${errorName}, which is unheard of: it counts as possibly processed and billed`;
    this.warn(`unknown-error:${errorName}`, message);
  }

  /** Once per code. */
  warn(code: string, message: string): void {
    if (this.#warnings.has(code)) return;
    const warning: Warning = { kind: "warning", ...this.#head(), code, message };
    this.#warnings.set(code, warning);
    this.#listeners.tell(warning);
  }

  #head(): EventHead {
    return { ...this.#router, atMs: this.#clock.epochMs() };
  }

  /** The message of a listener's error is its own: it may hold anything. */
  #onDropped(error: unknown): void {
    this.#droppedEvents += 1;
    const name = error instanceof Error ? error.name : typeof error;
    this.warn("listener-failed", `a listener of events failed (${name}); the events it could not take are lost to it`);
  }
}

/** 64 bits, so that no two routers share an id. */
function randomId(random: Random): string {
  const half = (): string =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  return half() + half();
}
