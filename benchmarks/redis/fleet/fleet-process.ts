/** One process of a fleet: calls arrive, and it sends each when its contender says so. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type LedgerSource, seededRandom, systemClock } from "@shardrock/core";
import { serviceMs } from "@shardrock/simulator";
import { generated } from "../../ceiling/arrivals.ts";
import { callsOf, type WorkCall } from "../../ceiling/stream.ts";
import { AwsByMessage } from "../aws-by-message.ts";
import { Believer } from "../history/believer.ts";
import { HistoryWriter, nowUs } from "../history/history-writer.ts";
import { recordedBook } from "../history/recorded-book.ts";
import { withBottleneck, withRateLimiterFlexible } from "./limited.ts";
import type { FleetProcessOptions, FromFleet, ToFleet } from "./message.ts";
import { openSource, timeoutMs } from "./open-source.ts";
import { routed } from "./routed.ts";
import { minuteMs, summedTokens } from "./scene.ts";
import { type CallAws, NoRoom, type Sender, Throttled } from "./sender.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as FleetProcessOptions;
const { windowMs } = options;
const random = seededRandom(options.seed);
const aws = new AwsByMessage();
const counts = { refused: 0, failed: 0 };
const history = options.file === undefined ? undefined : new HistoryWriter(options.file);

const callAws: CallAws = async ({ inputTokens, outputTokens, maxTokens }, { accountId, region, modelId }) => {
  const end = await aws.admit({ accountId, region, modelId, inputTokens, maxTokens });
  if (end === undefined) throw new Throttled();
  await systemClock.sleep((serviceMs(outputTokens) * windowMs) / minuteMs);
  end({ inputTokens, outputTokens });
};

const senders: Record<FleetProcessOptions["contender"], () => Sender | Promise<Sender>> = {
  shared: async () => {
    const { source, close } = await openSource(options.port);
    return routed(callAws, windowMs, { source: recorded(source), close });
  },
  memory: () => routed(callAws, windowMs),
  bottleneck: () => withBottleneck(callAws, { ...options, random, parts: 1 }),
  "bottleneck, eighths": () => withBottleneck(callAws, { ...options, random, parts: 8 }),
  "rate-limiter-flexible": () => withRateLimiterFlexible(callAws, { ...options, random, parts: 1 }),
  "rate-limiter-flexible, eighths": () => withRateLimiterFlexible(callAws, { ...options, random, parts: 8 }),
};

const sender = await senders[options.contender]();
process.on("message", (message: ToFleet | { readonly to?: undefined }) => {
  if (message.to !== "fleet") return;
  if (message.kind === "go") void play();
  if (message.kind === "leave") void sender[Symbol.asyncDispose]().then(() => process.exit());
});
process.once("disconnect", () => process.exit());
say({ from: "fleet", kind: "ready" });

async function play(): Promise<void> {
  const lag = monitorEventLoopDelay({ resolution: 5 });
  lag.enable();
  history?.write({ kind: "begin", process: options.process, atUs: nowUs() });
  const startMs = systemClock.monotonicMs();
  const shape = { name: "chat", workload: "chat", load: options.load } as const;
  const timing = { summedTpm: summedTokens, windowMs, arrivals: generated };
  for (const call of callsOf({ index: 0, shape }, timing, random)) {
    if (call.atMs >= options.forMs) break;
    const ms = startMs + call.atMs - systemClock.monotonicMs();
    if (ms >= 1) await systemClock.sleep(ms);
    void send(call);
  }
  history?.write({ kind: "stop", process: options.process, atUs: nowUs() });
  lag.disable();
  // Calls under way end with the process: nobody counts them.
  say({ from: "fleet", kind: "done", ...counts, lagMs: lag.max / 1e6 });
}

async function send(call: WorkCall): Promise<void> {
  try {
    await sender.send(call);
  } catch (error) {
    if (error instanceof NoRoom) counts.refused += 1;
    else counts.failed += 1;
  }
}

function recorded(source: LedgerSource): LedgerSource {
  if (history === undefined) return source;
  return {
    open: (host) => {
      const book = source.open({
        clock: host.clock,
        random: host.random,
        limits: host.limits,
        warn: (code, message) => host.warn(code, message),
        tell: (news) => {
          history.write({ kind: "news", process: options.process, change: news.change, atUs: nowUs() });
          host.tell(news);
        },
      });
      const believer = new Believer({ ledger: book.ledger, history, process: options.process });
      believer.start();
      return recordedBook(book, { process: options.process, history, believer, timeoutMs });
    },
  };
}

function say(message: FromFleet): void {
  if (process.connected) process.send?.(message);
}
