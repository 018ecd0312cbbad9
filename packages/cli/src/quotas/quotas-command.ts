import { type Config, type QuotaPlace, reachableTargets, ShardrockError } from "@shardrock/core";
import {
  AwsIncreaseDesk,
  type IncreaseDesk,
  type OpenIncrease,
  pacedAws,
  type PreparedIncrease,
  quotaIncrease,
  serviceQuotas,
} from "@shardrock/quotas";
import type { CommandContext } from "../command-line/command-context.ts";
import type { CommandInput } from "../command-line/command-input.ts";
import { type ExitCode, exitCodes } from "../command-line/exit-code.ts";
import { UsageError } from "../command-line/usage-error.ts";
import { readConfig } from "../command-line/read-config.ts";
import { inParallel } from "../doctor/in-parallel.ts";
import { type LookingClient, openLookingClient } from "../doctor/looking-client.ts";
import { withObserveRoles } from "../doctor/observe-roles.ts";
import { type IncreaseAims, increaseAims, increaseWishes } from "./increase-wishes.ts";
import { increaseActions } from "./increase-actions.ts";
import { placeQuotas, type PlaceQuotas } from "./place-quotas.ts";
import { type AskLine, submitIncrease } from "./submit-increase.ts";
import { type AskedBook, askedBook, lookIntoBook, withBook } from "./shared-use.ts";
import { typedLine } from "./typed-line.ts";
import { usesJson } from "./uses-json.ts";
import { type ShownBook, usesTable } from "./uses-table.ts";

const usualTimeoutMs = 120_000;
const usualEveryMs = 60_000;
const leastEveryMs = 10_000;
const placesAtOnce = 16;
const mostNamed = 8;
const clearScreen = "\u001b[2J\u001b[H";

/** `shardrock quotas`. */
export function run(input: CommandInput, context: CommandContext): Promise<ExitCode> {
  return runQuotas(input, context, typedLine);
}

/** @param askLine - asks for the line that confirms. */
export async function runQuotas(input: CommandInput, context: CommandContext, askLine: AskLine): Promise<ExitCode> {
  const aims = input.flag("increase") ? increaseAims(input) : undefined;
  if (aims === undefined && input.flag("submit")) throw new UsageError("--submit is for --increase");
  if (aims !== undefined && input.flag("watch")) throw new UsageError("--watch is not for --increase");
  if (aims !== undefined && input.text("store") !== undefined) throw new UsageError("--store is not for --increase");
  const book = aims === undefined ? askedBook(input, context.env) : undefined;
  const everyMs = input.durationMs("every") ?? usualEveryMs;
  if (everyMs < leastEveryMs) throw new UsageError("--every must be 10s or more: AWS is asked each time");
  const loaded = await readConfig(input.demanded("config"), context, { asksAws: true });
  const config = input.flag("observe-role") ? withObserveRoles(loaded) : loaded;
  // A store that cannot be read is told at once, not after all accounts were asked.
  if (book !== undefined) await lookIntoBook(book, [], context.signal);
  using client = openLookingClient(config, { policy: policyFor(input), env: context.env });
  const look = new Look(config, client, { input, context });
  if (aims !== undefined) return look.increase(aims, askLine);
  if (!input.flag("watch")) return look.show(book);
  for (;;) {
    await look.showAgain(book);
    await context.clock.sleep(everyMs, context.signal);
  }
}

/** Sessions may do no more than what was asked for. */
function policyFor(input: CommandInput): string {
  const { sessionPolicy } = serviceQuotas();
  if (!input.flag("increase")) return sessionPolicy;
  return sessionPolicy.replace(
    '"Action":[',
    `"Action":[${increaseActions.map((each) => JSON.stringify(each)).join()},`,
  );
}

interface Looking {
  readonly input: CommandInput;
  readonly context: CommandContext;
}

class Look {
  readonly #config: Config;
  readonly #client: LookingClient;
  readonly #looking: Looking;

  constructor(config: Config, client: LookingClient, looking: Looking) {
    this.#config = config;
    this.#client = client;
    this.#looking = looking;
  }

  async show(asked: AskedBook | undefined): Promise<ExitCode> {
    const { context, input } = this.#looking;
    const { places, hasFailed } = await this.#read();
    if (places.length === 0 && !context.isJson) return exitCodes.awsAccess; // each was told why
    const book = asked && (await lookIntoBook(asked, places, context.signal));
    const shown = book === undefined ? places : withBook(places, book, context.clock.epochMs());
    const whose: ShownBook = book && asked ? { ...book, realm: asked.realm, place: asked.url.place } : undefined;
    if (input.flag("watch") && context.stdout.isTTY && !context.isJson) await context.stdout.write(clearScreen);
    await context.print({ json: usesJson(shown, whose), text: () => usesTable(shown, whose, context) });
    return hasFailed ? exitCodes.awsAccess : exitCodes.ok;
  }

  /** A store that is away now may be back at the next look. */
  async showAgain(asked: AskedBook | undefined): Promise<void> {
    try {
      await this.show(asked);
    } catch (error) {
      if (!(error instanceof ShardrockError) || error.code !== "ledger-unavailable") throw error;
      await this.#looking.context.note(error.message);
    }
  }

  async increase(aims: IncreaseAims, askLine: AskLine): Promise<ExitCode> {
    const { input, context } = this.#looking;
    const { places, hasFailed } = await this.#read();
    const isSubmitted = input.flag("submit");
    const desk = isSubmitted ? this.#desk() : undefined;
    const wishes = increaseWishes(
      places.flatMap(({ uses }) => uses),
      aims,
    );
    const quotas = places.flatMap((each) => each.quotas);
    const open = desk === undefined ? [] : await this.#open(desk);
    const prepared = quotaIncrease({ wishes, quotas, open, desk });
    if (!isSubmitted) await this.#rehearse(prepared);
    if (hasFailed) return exitCodes.awsAccess;
    if (!isSubmitted) return exitCodes.ok;
    await context.note(prepared.lines.slice(0, -1).join("\n"));
    return submitIncrease(prepared, context, askLine);
  }

  #rehearse({ lines, requests, refused }: PreparedIncrease): Promise<void> {
    const text = [
      ...lines.slice(0, -1),
      `${requests.length} to ask, ${refused.length} not. Nothing is sent without --submit.`,
    ];
    const asked = requests.map(({ accountId, region, code, name, from, to }) => ({
      accountId,
      region,
      code,
      name,
      from,
      to,
    }));
    const not = refused.map(({ accountId, region, unit, modelId, to, why, instead }) => ({
      accountId,
      region,
      unit,
      modelId,
      to,
      why,
      instead,
    }));
    return this.#looking.context.print({ json: { requests: asked, refused: not }, text: () => text.join("\n") });
  }

  /** What cannot be read is told, and the rest is shown. */
  async #read(): Promise<{ readonly places: readonly PlaceQuotas[]; readonly hasFailed: boolean }> {
    const { context, input } = this.#looking;
    const { clock } = context;
    const deadline = new AbortController();
    const timeoutMs = input.durationMs("timeout") ?? usualTimeoutMs;
    using _timer = clock.timer(timeoutMs, () => deadline.abort(new Error(`no answer within ${timeoutMs} ms`)), true);
    const signal = AbortSignal.any([context.signal, deadline.signal]);
    using reader = pacedAws(this.#client.host);
    const { fleet } = this.#client.host;
    const wanted = this.#wanted();
    using progress = context.progress({ label: "reading quotas", total: wanted.length });
    const targets = this.#targets();
    let done = 0;
    const read = await inParallel(wanted, placesAtOnce, async (place) => {
      try {
        return await placeQuotas(place, { config: this.#config, fleet, targets, reader, clock, signal });
      } catch (error) {
        context.signal.throwIfAborted();
        const message = error instanceof Error ? error.message : String(error);
        await context.note(`${place.accountId} ${place.region}: cannot be read: ${message.slice(0, 500)}`);
        return undefined;
      } finally {
        progress.update((done += 1));
      }
    });
    const places = read.flatMap((each) => (each === undefined ? [] : [each]));
    return { places, hasFailed: places.length < wanted.length };
  }

  #wanted(): readonly QuotaPlace[] {
    const { input } = this.#looking;
    const [account, region] = [input.text("account"), input.text("region")];
    const found = this.#client.host.places.filter(
      (place) => place.accountId === (account ?? place.accountId) && place.region === (region ?? place.region),
    );
    if (found.length === 0) {
      const places = this.#client.host.places.map((place) => `${place.accountId} ${place.region}`);
      const more = places.length > mostNamed ? `, and ${places.length - mostNamed} more` : "";
      const there = `${places.slice(0, mostNamed).join(", ")}${more}`;
      throw new UsageError(`no account and Region of the config is meant by --account and --region; it has ${there}`);
    }
    return found;
  }

  #targets(): ReturnType<typeof reachableTargets> {
    const model = this.#looking.input.text("model");
    if (model !== undefined && !this.#config.models.has(model)) {
      throw new UsageError(`--model must be one of ${[...this.#config.models.keys()].join(", ")}`);
    }
    return reachableTargets(this.#config).filter((target) => target.model === (model ?? target.model));
  }

  #desk(): IncreaseDesk {
    const { host } = this.#client;
    const endpoint = host.config.endpoints.serviceQuotas;
    return new AwsIncreaseDesk({
      clock: this.#looking.context.clock,
      clientOptions: (place) => ({
        ...host.clientOptions(place),
        ...(endpoint !== undefined && { endpoint: endpoint.replaceAll("{region}", place.region) }),
      }),
    });
  }

  /** In every Region of the accounts: AWS counts them together. */
  async #open(desk: IncreaseDesk): Promise<readonly OpenIncrease[]> {
    const { signal } = this.#looking.context;
    const lists = await inParallel(this.#client.host.places, placesAtOnce, (place) => desk.open(place, signal));
    return lists.flat();
  }
}
