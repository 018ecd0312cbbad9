/** One process of a history: many callers that always want more, through the shared book, until they are told to stop. */
import { type Candidate, type Reservation, seededRandom, systemClock } from "@shardrock/core";
import { serviceMs } from "@shardrock/simulator";
import { AwsByMessage } from "../../../benchmarks/redis/aws-by-message.ts";
import { recordedBook } from "../../../benchmarks/redis/history/recorded-book.ts";
import { Believer } from "../../../benchmarks/redis/history/believer.ts";
import { HistoryWriter, nowUs } from "../../../benchmarks/redis/history/history-writer.ts";
import { openBook } from "./open-book.ts";
import { targets, timeoutMs, windowMs } from "./scene.ts";

export interface HammerOptions {
  readonly process: string;
  readonly port: number;
  readonly realm: string;
  readonly seed: number;
  /** Calls it has at a time, waiting or under way. */
  readonly callers: number;
  readonly file: string;
}

/** What the parent says to a process: to begin, to ask no more, to leave. */
export type ToHammer = { readonly to: "hammer"; readonly kind: "go" | "stop" | "leave" };
/** What it answers: it is there, it asks no more and has ended all its calls. */
export type FromHammer = { readonly from: "hammer"; readonly kind: "ready" | "idle" };

const options = JSON.parse(process.argv[2] ?? "{}") as HammerOptions;
const name = options.process;
const random = seededRandom(options.seed);
const history = new HistoryWriter(options.file);
const aws = new AwsByMessage();
const opened = await openBook({
  ...options,
  tell: ({ change }) => history.write({ kind: "news", process: name, change, atUs: nowUs() }),
});
const believer = new Believer({ ledger: opened.ledger, history, process: name });
const book = recordedBook(opened, { process: name, history, believer, timeoutMs });
const { ledger } = book;
const stopping = new AbortController();
/** How many ask at a time; the others wait in line. */
const lanes = 3;
const lines: Promise<unknown>[] = Array.from({ length: lanes }, () => Promise.resolve());

process.on("message", (message: ToHammer | { readonly to?: undefined }) => {
  if (message.to !== "hammer") return;
  if (message.kind === "go") void hammer();
  if (message.kind === "stop") stopping.abort();
  if (message.kind === "leave") void book[Symbol.asyncDispose]().then(() => process.disconnect());
});
// Nobody is left to stop it.
process.once("disconnect", () => process.exit());
say("ready");

async function hammer(): Promise<void> {
  believer.start();
  history.write({ kind: "begin", process: name, atUs: nowUs() });
  const callers = Array.from({ length: options.callers }, (_, place) => callOnAndOn(place % lanes));
  stopping.signal.addEventListener("abort", () => history.write({ kind: "stop", process: name, atUs: nowUs() }));
  await Promise.all(callers);
  await ledger.flush?.();
  believer.look();
  believer.stop();
  say("idle");
}

async function callOnAndOn(lane: number): Promise<void> {
  while (!stopping.signal.aborted) {
    const size = { inputTokens: 50 + Math.floor(random() * 600), maxTokens: 100 + Math.floor(random() * 500) };
    const cost = { requests: 1, tokens: size.inputTokens + size.maxTokens };
    const candidates = targets.map((target): Candidate => ({ target, cost }));
    const before = lines[lane];
    const mine = (async () => {
      await before;
      return reserveInTime(candidates);
    })();
    lines[lane] = mine;
    const granted = await mine;
    if (granted !== undefined) await serve(granted, size);
  }
}

/** Asks when the book says that there is room, until there is. @returns undefined when it is told to stop. */
async function reserveInTime(candidates: readonly Candidate[]): Promise<Reservation | undefined> {
  while (!stopping.signal.aborted) {
    const nowMs = systemClock.monotonicMs();
    const starts = candidates.map((candidate) => ({ candidate, startsInMs: ledger.startsInMs(candidate, nowMs) }));
    starts.sort((one, other) => one.startsInMs - other.startsInMs);
    const soonest = starts[0]?.startsInMs ?? 0;
    if (soonest > 0) {
      await roomOr(soonest);
      continue;
    }
    const answer = await ask(starts.map(({ candidate }) => candidate));
    if (typeof answer !== "number") return answer;
    if (answer > 0) await roomOr(answer);
  }
  return undefined;
}

/** @returns milliseconds until it is worth asking again, when it was refused. */
async function ask(candidates: readonly Candidate[]): Promise<Reservation | number> {
  try {
    const answer = await ledger.reserve(candidates);
    if (answer.kind === "refused") return answer.retryAfterMs;
    if ((answer.startsInMs ?? 0) > 0) await sleep(answer.startsInMs ?? 0);
    return answer;
  } catch {
    return 50; // it is in the history, and what a shared book throws for is that it is not there
  }
}

async function serve(
  reservation: Reservation,
  { inputTokens, maxTokens }: { readonly inputTokens: number; readonly maxTokens: number },
): Promise<void> {
  const { accountId, region, modelId } = reservation.target;
  const end = await aws.admit({ accountId, region, modelId, inputTokens, maxTokens });
  if (end === undefined) return reservation.throttled({ scope: "tokens-per-minute" });
  const outputTokens = Math.floor(maxTokens * random());
  await sleep((serviceMs(outputTokens) * windowMs) / 60_000);
  end({ inputTokens, outputTokens });
  // Some calls end in doubt, and some took more than they held.
  const draw = random();
  const tokens = (inputTokens + outputTokens) * (draw < 0.02 ? 2 : 1);
  if (draw > 0.97) reservation.keep("in doubt");
  else reservation.settle({ requests: 1, tokens });
}

/** Until there may be room again. */
function roomOr(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      heard[Symbol.dispose]();
      stopping.signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, windowMs));
    const heard = ledger.onGiveBack(done);
    stopping.signal.addEventListener("abort", done);
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function say(kind: FromHammer["kind"]): void {
  if (process.connected) process.send?.({ from: "hammer", kind } satisfies FromHammer);
}
