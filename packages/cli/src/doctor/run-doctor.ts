import { type Clock, type Config, type HostCredentials, type QuotaPlace, reachableTargets } from "@shardrock/core";
import { type AwsReader, pacedAws } from "@shardrock/quotas";
import { clockFindings } from "./clock-findings.ts";
import { doctorPolicy } from "./doctor-actions.ts";
import { type LookingClient, openLookingClient } from "./looking-client.ts";
import { type Finding, inOrder } from "./finding.ts";
import { hostIdentity } from "./host-identity.ts";
import { inParallel } from "./in-parallel.ts";
import { readPlace } from "./place-facts.ts";
import { placeFindings } from "./place-findings.ts";
import { refusedRole } from "./refused-role.ts";
import { WatchedDates } from "./watched-dates.ts";

export interface DoctorOptions {
  readonly clock: Clock;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
  /** Longest that everything may take, in ms. */
  readonly deadlineMs: number;
  /** Accounts and Regions that are looked at together, from 1 up. */
  readonly placesAtOnce: number;
  /** The SDK's usual chain unless told. */
  readonly hostCredentials?: HostCredentials | undefined;
  /** The variables of this process unless told. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Told how many accounts and Regions are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Looks at every account and Region of a config as its router would see them. It reads only: no model is called, no token is
 * spent and nothing is changed.
 * @returns findings, the worst first; what the deadline cut off is among them.
 * @throws {ConfigError} `config-invalid`.
 * @throws the signal's reason, when it aborts.
 */
export async function runDoctor(config: Config, options: DoctorOptions): Promise<readonly Finding[]> {
  const { clock, signal, deadlineMs } = options;
  using client = openLookingClient(config, { ...options, policy: doctorPolicy });
  const deadline = new AbortController();
  using _timer = clock.timer(deadlineMs, () => deadline.abort(new DeadlineError(deadlineMs)), true);
  const either = AbortSignal.any([signal, deadline.signal]);
  const examination = new Examination(config, client, { ...options, signal: either });
  const findings = await examination.findings();
  signal.throwIfAborted();
  return inOrder(findings);
}

class DeadlineError extends Error {
  constructor(deadlineMs: number) {
    super(`not looked at within ${Math.round(deadlineMs / 1_000)} s`);
    this.name = "DeadlineError";
  }
}

type Account = Config["accounts"][number];

/** One examination of one config. */
class Examination {
  readonly #config: Config;
  readonly #client: LookingClient;
  readonly #options: DoctorOptions;
  readonly #dates: WatchedDates;

  constructor(config: Config, client: LookingClient, options: DoctorOptions) {
    this.#config = config;
    this.#client = client;
    this.#options = options;
    this.#dates = new WatchedDates(options.clock);
  }

  async findings(): Promise<readonly Finding[]> {
    const { host, environment } = this.#client;
    const machine = await this.#orCutOff(undefined, () => this.#host());
    const hostArn = machine.arn;
    const letIn = await this.#roles();
    const opened = letIn.filter(({ error }) => error === undefined).map(({ account }) => account);
    const roles = letIn.map(({ account, error }) => this.#roleFinding(account, { error, hostArn, opened }));
    const places = opened.flatMap(({ id, regions }) => regions.map((region) => ({ accountId: id, region })));
    using reader = pacedAws(host);
    const ofPlaces = await this.#places(places, reader);
    return [...environment, ...machine.findings, ...roles, ...ofPlaces, ...clockFindings(this.#dates.offsetMs)];
  }

  async #host(): Promise<{ readonly arn: string | undefined; readonly findings: readonly Finding[] }> {
    const { hostCredentials, signal } = this.#options;
    const [first] = this.#client.host.places;
    if (first === undefined) return { arn: undefined, findings: [] };
    const { requestHandler } = this.#client.host.clientOptions(first);
    return hostIdentity({ config: this.#config, hostCredentials, requestHandler, dates: this.#dates, signal });
  }

  /** A session of each account's role, as the router gets it: with the config's identity checked. */
  #roles(): Promise<readonly { readonly account: Account; readonly error: unknown }[]> {
    const { placesAtOnce, signal } = this.#options;
    return inParallel(this.#config.accounts, placesAtOnce, async (account) => {
      try {
        signal.throwIfAborted();
        const place = { accountId: account.id, region: account.regions[0] ?? "us-east-1" };
        await orAborted(this.#client.host.clientOptions(place).credentials(), signal);
        return { account, error: undefined };
      } catch (error) {
        return { account, error };
      }
    });
  }

  #roleFinding(
    account: Account,
    seen: { readonly error: unknown; readonly hostArn: string | undefined; readonly opened: readonly Account[] },
  ): Finding {
    const { id, roleArn, externalId, durationSeconds } = account;
    const { error, hostArn, opened } = seen;
    if (error === undefined) {
      const message = `${roleArn} can be assumed, and is of the account the config says`;
      return { severity: "ok", check: "role", accountId: id, message };
    }
    if (error instanceof DeadlineError) return cutOff(error, { accountId: id });
    const hasExternalId = externalId !== undefined;
    const isHostLetInElsewhere = opened.length > 0;
    return refusedRole(error, { id, roleArn, hasExternalId, durationSeconds, hostArn, isHostLetInElsewhere });
  }

  async #places(places: readonly QuotaPlace[], reader: AwsReader): Promise<readonly Finding[]> {
    const { placesAtOnce, onProgress, clock, signal } = this.#options;
    const { host } = this.#client;
    const targets = reachableTargets(this.#config);
    const judging = { config: this.#config, fleet: host.fleet, targets };
    let done = 0;
    onProgress?.(done, places.length);
    const findings = await inParallel(places, placesAtOnce, async (place) => {
      const models = [...new Set(targets.filter((target) => isRuntimeAt(target, place)).map(baseOf))];
      const looked = await this.#orCutOff(place, async () => {
        signal.throwIfAborted();
        const facts = await readPlace(place, { host, reader, dates: this.#dates, models, clock, signal });
        signal.throwIfAborted();
        return { findings: placeFindings(facts, judging) };
      });
      done += 1;
      onProgress?.(done, places.length);
      return looked.findings;
    });
    return findings.flat();
  }

  /** What the deadline cuts off is a finding; Ctrl-C is told by whoever began. */
  async #orCutOff<Looked extends { readonly findings: readonly Finding[] }>(
    place: QuotaPlace | undefined,
    look: () => Promise<Looked>,
  ): Promise<Looked | { readonly arn: undefined; readonly findings: readonly Finding[] }> {
    try {
      return await look();
    } catch (error) {
      const { reason } = this.#options.signal;
      if (!this.#options.signal.aborted) throw error;
      return { arn: undefined, findings: reason instanceof DeadlineError ? [cutOff(reason, place)] : [] };
    }
  }
}

function cutOff({ message }: DeadlineError, place: Partial<QuotaPlace> = {}): Finding {
  return { severity: "error", check: "time", ...place, message, fix: "give it longer with --timeout" };
}

function isRuntimeAt(target: QuotaPlace & { readonly endpoint: string }, place: QuotaPlace): boolean {
  return target.accountId === place.accountId && target.region === place.region && target.endpoint === "runtime";
}

function baseOf({ baseModelId }: { readonly baseModelId: string }): string {
  return baseModelId;
}

/** The SDK may wait for credentials without end, and hears no signal meanwhile. */
async function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, reject } = rejecter();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function rejecter(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let reject = (_reason: unknown): void => undefined;
  const promise = new Promise<never>((_resolve, refuse) => (reject = refuse));
  promise.catch(() => undefined); // whoever races it hears of it
  return { promise, reject };
}
