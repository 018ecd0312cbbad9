import type { ScriptClient, ScriptReply } from "../clients/script-client.ts";
import { type TimeSource, serverTime } from "../scripts/lua/clock.ts";
import { claimScript, giveUpScript } from "../scripts/claim.ts";
import { type Scripts, scriptsWith } from "../scripts/scripts.ts";
import { settledScript } from "../scripts/read.ts";
import { answersOf } from "./answer-reader.ts";
import { askArguments } from "./ask-arguments.ts";
import { AskBatches } from "./ask-batches.ts";
import { beatenOf } from "./beaten-reader.ts";
import type {
  Answer,
  Ask,
  Beat,
  Beaten,
  BookStore,
  Ended,
  Ending,
  GateUpdate,
  LearnedPage,
  PageOpening,
  Spent,
  Standing,
} from "./book-store.ts";
import { endArguments, endedOf, updateArguments } from "./ending-arguments.ts";
import { type Keys, keysOf } from "./keys.ts";
import { bytesOf, listOf, Numbers, textOf } from "./reply-reader.ts";
import { ringOfPage } from "./ring-reader.ts";
import { gateArguments, learnedPageOf } from "./stored-gate.ts";

export interface ScriptStoreOptions {
  readonly client: ScriptClient;
  /** Of one budget: 1 to 64 letters, digits, `-`, `_`, `.` or `:`. */
  readonly realm: string;
  /** Names this process: fair shares and leases are by it. */
  readonly processId: string;
  /** For tests: where scripts have their time from; else the server's clock. */
  readonly time?: TimeSource;
}

/** The shared book as scripts in Redis or Valkey; every method is one script. */
export class ScriptStore implements BookStore {
  readonly #client: ScriptClient;
  readonly #keys: Keys;
  readonly #processId: string;
  readonly #scripts: Scripts;
  /** The latest that the store has shown; the epoch is "0" before. */
  #shownEpoch = "0";
  #shownUs = 0;
  readonly #state: readonly string[];
  readonly #asks: AskBatches = new AskBatches((asks) => this.#ask(asks));

  /** @throws {ShardrockError} `option-invalid` when the realm cannot be one. */
  constructor({ client, realm, processId, time = serverTime }: ScriptStoreOptions) {
    this.#client = client;
    this.#keys = keysOf(realm);
    this.#state = [this.#keys.state];
    this.#processId = processId;
    this.#scripts = scriptsWith(time);
  }

  reserve(ask: Ask): Promise<Answer> {
    return this.#asks.reserve(ask);
  }

  async end(ending: Ending): Promise<Ended> {
    const { keys, args } = endArguments(ending);
    return this.#saw(endedOf(await this.#client.run(this.#scripts.end, this.#pages(keys), args), keys));
  }

  async open(pages: readonly PageOpening[]): Promise<Standing> {
    const all = pages.flatMap(({ isSpent, gate, record }) => [isSpent ? "1" : "0", ...gateArguments(gate), record]);
    const keys = pages.map(({ key }) => key);
    const args = [...this.#shownArguments(), ...all];
    return this.#saw(standingOf(await this.#client.run(this.#scripts.open, this.#pages(keys), args)));
  }

  async publish(updates: readonly GateUpdate[]): Promise<readonly LearnedPage[]> {
    const keys = [...new Set(updates.map(({ key }) => key))];
    const reply = await this.#client.run(this.#scripts.publish, this.#pages(keys), updateArguments(updates, keys));
    return learnedPagesOf(listOf(reply), keys);
  }

  async read(keys: readonly string[]): Promise<readonly LearnedPage[]> {
    return learnedPagesOf(listOf(await this.#client.run(this.#scripts.read, this.#pages(keys), [])), keys);
  }

  async rings(keys: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
    const [now, ...parts] = listOf(await this.#client.run(this.#scripts.rings, this.#pages(keys), []));
    const nowUs = new Numbers(now).at(0);
    const known = keys.flatMap((key, place) => {
      const page = bytesOf(parts[2 * place]);
      return page.byteLength === 0 ? [] : [[key, ringOfPage(page, bytesOf(parts[2 * place + 1]), nowUs)] as const];
    });
    return new Map(known);
  }

  async settled(keys: readonly string[], sinceSlot: number): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
    const names = [this.#keys.state, ...keys.map((key) => this.#keys.settled(key))];
    const all = listOf(await this.#client.run(settledScript, names, []));
    return new Map(keys.map((key, place) => [key, settledSince(listOf(all[place]), sinceSlot)]));
  }

  async merge(spent: readonly Spent[]): Promise<Standing> {
    const keys = spent.map(({ key }) => key);
    const args = spent.flatMap(({ bySlot }) => {
      const slots = [...bySlot].toSorted(([one], [other]) => one - other);
      return [slots.length, ...slots.flat()].map(String);
    });
    return this.#saw(standingOf(await this.#client.run(this.#scripts.merge, this.#pages(keys), args)));
  }

  async beat({ processId, livesForUs, newsSeen, settled }: Beat): Promise<Beaten> {
    const amounts = [...settled].flatMap(([key, slots]) =>
      [...slots].flatMap(([slot, units]) => [key, String(slot), String(units)]),
    );
    const args = [processId, String(livesForUs), String(newsSeen), ...this.#shownArguments(), ...amounts];
    const { beaten, unreadable } = beatenOf(await this.#client.run(this.#scripts.beat, [this.#keys.state], args));
    for (const member of unreadable) await this.#client.run(this.#scripts.end, [this.#keys.state], [member, "0"]);
    return this.#saw(beaten);
  }

  async tell(news: string): Promise<void> {
    await this.#client.run(this.#scripts.tell, [this.#keys.state], [news]);
  }

  async claim(name: string, forUs: number): Promise<boolean> {
    const args = [this.#processId, String(Math.max(1, Math.ceil(forUs / 1e3)))];
    return (await this.#client.run(claimScript, [this.#keys.claim(name)], args)) === 1;
  }

  async giveUp(name: string): Promise<void> {
    await this.#client.run(giveUpScript, [this.#keys.claim(name)], [this.#processId]);
  }

  /** @param asks - the same but for their ids. */
  async #ask(asks: readonly Ask[]): Promise<readonly Answer[]> {
    const [ask] = asks;
    if (ask === undefined) return [];
    const { keys, shape, amounts } = askArguments(ask);
    const flag = ask.wantsRing ? "1" : ask.isBrief === true ? "2" : "0";
    const ids = asks.length === 1 ? ask.id : asks.map(({ id }) => id).join("\n");
    const times = [String(ask.horizonUs), String(ask.expiresInUs)];
    const useful = [`${ask.bookUntilUs ?? ""}`, `${ask.startByUs ?? ""}`];
    const args = [ids, this.#processId, ...times, flag, shape, keys.join("\n"), ...useful, ...amounts];
    const answers = answersOf(await this.#client.run(this.#scripts.reserve, this.#state, args), asks, keys);
    for (const answer of answers) this.#saw(answer);
    return answers;
  }

  #saw<T extends Standing>(standing: T): T {
    const { epoch, nowUs } = standing;
    this.#shownUs = epoch === this.#shownEpoch ? Math.max(this.#shownUs, nowUs) : nowUs;
    this.#shownEpoch = epoch;
    return standing;
  }

  #shownArguments(): readonly string[] {
    return [this.#shownEpoch, String(this.#shownUs)];
  }

  #pages(keys: readonly string[]): readonly string[] {
    return [this.#keys.state, ...keys.map((key) => this.#keys.page(key))];
  }
}

function standingOf(reply: ScriptReply): Standing {
  const numbers = new Numbers(reply);
  return { nowUs: numbers.at(0), epoch: String(numbers.at(1)), newsCount: numbers.at(2) };
}

function learnedPagesOf(parts: readonly ScriptReply[], keys: readonly string[]): readonly LearnedPage[] {
  return Array.from({ length: parts.length / 2 }, (_, index) => {
    const place = new Numbers(parts[2 * index]).at(0);
    return learnedPageOf(keys[place] ?? "", bytesOf(parts[2 * index + 1]));
  });
}

function settledSince(parts: readonly ScriptReply[], sinceSlot: number): ReadonlyMap<number, number> {
  const slots = Array.from({ length: parts.length / 2 }, (_, index) => {
    return [Number(textOf(parts[2 * index])), Number(textOf(parts[2 * index + 1]))] as const;
  });
  const sound = slots.filter(([slot, units]) => slot >= sinceSlot && Number.isFinite(units) && units >= 0);
  return new Map(sound.toSorted(([one], [other]) => one - other));
}
