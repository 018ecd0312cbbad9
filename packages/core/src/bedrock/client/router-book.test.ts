import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { channel } from "node:diagnostics_channel";
import { describe, expect, it } from "vitest";
import type { Candidate } from "../../budget/target.ts";
import { MemoryLedger } from "../../budget/memory-ledger.ts";
import { seededRandom } from "../../random.ts";
import type { LedgerNews, RouterEvent } from "../../routing/router-event.ts";
import { parseConfig } from "../config/parse.ts";
import { exampleConfig } from "../testing/example-config.test.kit.ts";
import { ManualClock, settleDown } from "../testing/manual-clock.test.kit.ts";
import type { LedgerHost, LedgerSource } from "./ledger-source.ts";
import { openRouter } from "./open-router.ts";
import { ShardedBedrockRuntime } from "./sharded-bedrock-runtime.ts";

const goneLocal: LedgerNews = { change: "local", processes: 3, message: "the store does not answer" };
const alone = { tell: () => undefined, onNews: () => ({ [Symbol.dispose]: () => undefined }), giveUp: () => undefined };

/** A book that several processes share, as far as its router sees it. */
class SharedSource implements LedgerSource {
  readonly hosts: LedgerHost[] = [];
  /** What was asked of it, in order. */
  readonly log: string[] = [];
  /** What is under way to the store. */
  writing: Promise<void> = Promise.resolve();
  /** Told while it is being opened. */
  readonly #early: LedgerNews | undefined;

  constructor(early?: LedgerNews) {
    this.#early = early;
  }

  open(host: LedgerHost) {
    this.hosts.push(host);
    if (this.#early !== undefined) host.tell(this.#early);
    const { limits, clock } = host;
    const ledger = new MemoryLedger({ limits, clock });
    const flush = async (signal?: AbortSignal): Promise<void> => {
      this.log.push("flush");
      await Promise.race([this.writing, new Promise((_resolve, reject) => signal?.addEventListener("abort", reject))]);
      this.log.push("flushed");
    };
    return {
      ledger: {
        startsInMs: ledger.startsInMs.bind(ledger),
        quote: ledger.quote.bind(ledger),
        reserve: async (candidates: readonly Candidate[]) => {
          const answer = await ledger.reserve(candidates);
          if (answer.kind === "refused") return answer;
          const end = (): void => void this.log.push("ended");
          return {
            kind: "reserved" as const,
            target: answer.target,
            settle: end,
            release: end,
            keep: end,
            throttled: end,
          };
        },
        snapshot: ledger.snapshot.bind(ledger),
        settledByMinute: () => new Map([[0, 7]]),
        onGiveBack: ledger.onGiveBack.bind(ledger),
        flush,
      },
      bond: { ...alone, claim: () => Promise.resolve(true) },
      [Symbol.asyncDispose]: async () => void this.log.push("disposed"),
    };
  }
}

function open(source = new SharedSource(), clock = new ManualClock()) {
  const opened = openRouter(parseConfig(exampleConfig()), { clock, random: seededRandom(1), ledger: source });
  return { source, clock, opened };
}

describe("a book that several processes share", () => {
  it("is where a router books, instead of a book of its own", () => {
    const { opened, source } = open();

    expect(opened.ledger.settledByMinute("any")).toEqual(new Map([[0, 7]]));
    expect(source.hosts).toHaveLength(1);
  });

  it("tells what becomes of it to whoever listens to the router's events", () => {
    const { opened, source } = open();
    const heard: RouterEvent[] = [];
    opened.router.onEvent((event) => heard.push(event));
    const published: unknown[] = [];
    const listen = (event: unknown): void => void published.push(event);
    channel("shardrock:ledger-change").subscribe(listen);

    source.hosts[0]?.tell(goneLocal);
    source.hosts[0]?.warn("limits-differ", "another process goes by other limits");
    channel("shardrock:ledger-change").unsubscribe(listen);

    expect(heard).toMatchObject([{ kind: "ledger-change", schemaVersion: 1, ...goneLocal }, { code: "limits-differ" }]);
    expect(published).toEqual([heard[0]]);
  });

  it("may tell something while it is being opened", () => {
    const published: unknown[] = [];
    const listen = (event: unknown): void => void published.push(event);
    channel("shardrock:ledger-change").subscribe(listen);

    open(new SharedSource(goneLocal));
    channel("shardrock:ledger-change").unsubscribe(listen);

    expect(published).toMatchObject([goneLocal]);
  });

  it("divides the quotas by itself: a config that divides them too is refused, at the start and at a reload", () => {
    const { opened, source } = open();
    const divided = parseConfig(exampleConfig({ instances: 3 }));
    const rule = "instances: must be 1 where processes share a book, which divides the quotas by itself, got 3";

    expect(() => openRouter(divided, { ledger: source })).toThrow(rule);
    expect(() => opened.reload(divided)).toThrow(rule);
    expect(source.hosts).toHaveLength(1);
    expect(() => openRouter(divided)).not.toThrow();
  });

  it("is not opened for a config that is refused", () => {
    const source = new SharedSource();

    expect(() => new ShardedBedrockRuntime(exampleConfig({ instances: 2 }), { ledger: source })).toThrow("instances");

    expect(source.hosts).toEqual([]);
  });

  it("has all that ended before it is disposed", async () => {
    const { opened, source } = open();
    let written = (): void => undefined;
    source.writing = new Promise((resolve) => (written = resolve));

    const closing = opened[Symbol.asyncDispose]();
    await settleDown();
    expect(source.log).toEqual(["flush"]);
    written();
    await closing;

    expect(source.log).toEqual(["flush", "flushed", "disposed"]);
  });

  it("holds up the end of a client no longer than its bound, when the store hangs", async () => {
    const clock = new ManualClock();
    const source = new SharedSource();
    source.writing = new Promise(() => undefined);
    const client = new ShardedBedrockRuntime(exampleConfig(), { clock, ledger: source, env: {} });
    let isClosed = false;

    const closing = client.close({ timeoutMs: 2_000 }).then(() => (isClosed = true));
    await clock.advance(1_999);
    expect([isClosed, source.log]).toEqual([false, ["flush"]]);
    await clock.advance(1);
    await closing;

    expect(source.log).toEqual(["flush", "disposed"]);
  });

  it("has the calls too that were broken off when the bound was over", async () => {
    const clock = new ManualClock();
    const source = new SharedSource();
    const requestHandler = { handle: () => new Promise<never>(() => undefined) };
    const hostCredentials = { accessKeyId: "host", secretAccessKey: "none" };
    const client = new ShardedBedrockRuntime(exampleConfig(), {
      clock,
      ledger: source,
      env: {},
      requestHandler,
      hostCredentials,
    });
    const call = client.converse({ modelId: "sonnet", messages: [] }).catch((error: unknown) => error);
    await clock.advance(100);
    expect(source.log).toEqual([]);

    const closing = client.close({ timeoutMs: 1_000 });
    await clock.advance(1_000);
    await Promise.all([call, closing]);

    expect(source.log).toEqual(["ended", "flush", "flushed", "disposed"]);
  });

  it("ends at once with a client that is destroyed", async () => {
    const source = new SharedSource();
    source.writing = new Promise(() => undefined);
    const clock = new ManualClock();

    new ShardedBedrockRuntime(exampleConfig(), { clock, ledger: source, env: {} }).destroy();
    await clock.advance(0);

    expect(source.log).toEqual(["flush", "disposed"]);
  });

  it("keeps what it learns itself: a state file holds only what a process learns alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "shardrock-book-"));
    const state = { file: join(folder, "state.json") };
    const parts = (ledger?: LedgerSource): string[] => {
      const client = new ShardedBedrockRuntime(exampleConfig({ state }), { clock: new ManualClock(), ledger, env: {} });
      client.destroy();
      return Object.keys(JSON.parse(readFileSync(state.file, "utf8")) as object).toSorted();
    };

    expect(parts(new SharedSource())).toEqual(["estimates", "version"]);
    expect(parts()).toEqual(["estimates", "quotas", "version"]);
    rmSync(folder, { recursive: true });
  });
});
