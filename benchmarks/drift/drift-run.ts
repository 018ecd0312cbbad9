import { type Clock, NoCapacityError, type QuotaSnapshot, seededRandom } from "@shardrock/core";
import { BackgroundTraffic, type SimulatedBedrock, SimulatedMetrics, VirtualClock } from "@shardrock/simulator";
import { generated } from "../ceiling/arrivals.ts";
import { serviceMsOf } from "../ceiling/stage.ts";
import { callsOf, type WorkCall } from "../ceiling/stream.ts";
import { metricsReader } from "./metrics-reader.ts";
import { type Player, pool, shardrock, told } from "./players.ts";
import { type Minute, MinuteRecord } from "./minute-record.ts";
import {
  consumerShare,
  type DriftRun,
  indexOf,
  loads,
  minuteMs,
  modelId,
  placeAt,
  sceneAws,
  sharedTargets,
  size,
  summedTpm,
  timeline,
} from "./scene.ts";
import { sourceOf } from "./sources.ts";

/** What a run showed, minute for minute. */
export interface DriftResult {
  /** Tokens as of a run at full scale. */
  readonly minutes: readonly Minute[];
  /** When the router told of others' use of a quota, and how much of it. */
  readonly news: readonly { readonly atMinute: number; readonly key: string | undefined; readonly share: number }[];
}

interface Stage {
  readonly clock: Clock;
  readonly bedrock: SimulatedBedrock;
  readonly player: Player;
  readonly record: MinuteRecord;
  readonly scale: number;
}

/** One run in virtual time. The same run gives the same result, bit for bit. */
export async function runDrift({ contender, limiter, load, seed, scale = 1 }: DriftRun): Promise<DriftResult> {
  const clock = new VirtualClock({ alarmsPerTurn: 256 });
  const epochOffsetMs = clock.epochMs() - clock.monotonicMs();
  // Beside being late, CloudWatch loses points, shows some in part at first, and answers in part.
  const metrics = new SimulatedMetrics({ epochOffsetMs, gapShare: 0.03, splitShare: 0.05, partialShare: 0.03, seed });
  const bedrock = sceneAws({ limiter, scale, metrics, random: seededRandom(seed) });
  const parts = { clock, random: seededRandom(seed + 1), scale };
  const quotas = sourceOf(contender, metricsReader(metrics, clock), scale);
  const player = contender === "told" ? told(parts, bedrock) : shardrock(parts, quotas);
  const stage = { clock, bedrock, player, record: new MinuteRecord(), scale };
  const news = newsOf(stage);
  const consumers = sharedTargets.map((index) => hiddenConsumer(stage, index, seed));
  const timing = { summedTpm: summedTpm * scale, windowMs: minuteMs, arrivals: generated };
  const stream = { name: "chat", workload: "chat", load: loads[load] } as const;
  arrive(callsOf({ index: 0, shape: stream }, timing, seededRandom(seed + 2)), stage);
  let before = 0;
  for (const minute of stage.record.minutes) {
    await clock.advance(minuteMs - 0.001); // just before the next begins
    const tokens = consumers.reduce((sum, { settledTokens }) => sum + settledTokens, 0);
    minute.consumerTokens = (tokens - before) / scale;
    for (const { learnedLimit, foreignUse = 0 } of sharedQuotas(stage)) {
      minute.planned += learnedLimit / scale;
      minute.foreign += foreignUse / scale;
    }
    before = tokens;
    await clock.advance(0.001);
  }
  return { minutes: stage.record.minutes, news };
}

/** What the router tells of others' use, as it comes. */
function newsOf({ player, clock, scale }: Stage): DriftResult["news"] {
  const news: { atMinute: number; key: string | undefined; share: number }[] = [];
  player.router.onEvent((event) => {
    if (event.kind !== "quota-change" || event.change !== "drift") return;
    const tokensPerMinute = size.tokensPerMinute[indexOf(event)] ?? Number.NaN;
    const share = (event.now ?? Number.NaN) / scale / tokensPerMinute;
    news.push({ atMinute: Math.floor(clock.monotonicMs() / minuteMs), key: event.key, share });
  });
  return news;
}

/** Somebody else with the first account, in each of its Regions. */
function hiddenConsumer({ bedrock, clock }: Stage, index: number, seed: number): BackgroundTraffic {
  return new BackgroundTraffic({
    bedrock,
    clock,
    place: { ...placeAt(index), modelId },
    share: consumerShare,
    fromMs: timeline.comes * minuteMs,
    untilMs: timeline.leaves * minuteMs,
    seed: seed * 10 + index,
  });
}

/** What the book shows of the quotas the consumer shares. */
function sharedQuotas({ player }: Stage): readonly QuotaSnapshot[] {
  const shared = sharedTargets.map((index) => `${placeAt(index).accountId}/${placeAt(index).region}/`);
  return player.quotas().filter(({ key }) => shared.some((place) => key.startsWith(place)));
}

function arrive(calls: Generator<WorkCall, undefined>, stage: Stage): void {
  const { clock, record, scale } = stage;
  const next = calls.next();
  if (next.done === true || next.value.atMs >= timeline.ends * minuteMs) return;
  const call = next.value;
  clock.timer(call.atMs - clock.monotonicMs(), () => {
    record.at(call.atMs).offeredTokens += (call.actual.tokens ?? 0) / scale;
    void serve(call, stage);
    arrive(calls, stage);
  });
}

/** Serves a call, or gives it up for lack of room. */
async function serve(call: WorkCall, { clock, bedrock, player, record, scale }: Stage): Promise<void> {
  const { inputTokens, outputTokens, maxTokens, actual } = call;
  try {
    const candidates = player.candidates(call.hold);
    await player.router.run({ ...pool, candidates }, async (target, running) => {
      const { accountId, region } = target;
      player.arrived(target, call.hold.tokens ?? 0);
      const answer = bedrock.admit({ accountId, region, modelId, inputTokens, maxTokens }, clock.monotonicMs());
      record.attempt(indexOf(target), answer.kind === "throttled", clock.monotonicMs());
      if (answer.kind === "unknown-model") throw new RangeError(`the simulated AWS does not know ${target.id}`);
      if (answer.kind === "throttled") throw throttling(answer.message);
      await clock.sleep(serviceMsOf(call, minuteMs));
      answer.end({ inputTokens, outputTokens }, clock.monotonicMs());
      running.settle(actual);
      record.serve(indexOf(target), (actual.tokens ?? 0) / scale, clock.monotonicMs());
    });
  } catch (error) {
    if (!(error instanceof NoCapacityError)) throw error;
  }
}

function throttling(message: string): Error {
  return Object.assign(new Error(message), { name: "ThrottlingException", $metadata: { httpStatusCode: 429 } });
}

// As a child process: every message is a run, every answer its result.
if (process.send !== undefined) {
  Error.stackTraceLimit = 0; // refusals are by the thousand here, and nobody reads where they were thrown
  process.on("message", (run: DriftRun) => {
    void runDrift(run).then((result) => process.send?.(result));
  });
}
