import { type Random, systemClock } from "@shardrock/core";
import Bottleneck from "bottleneck";
import { Redis } from "ioredis";
import { RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { maxWaitMs, meanTokens, places } from "./scene.ts";
import { type CallAws, heldTokens, NoRoom, type Sender, takenTokens, Throttled } from "./sender.ts";

export interface LimitedOptions {
  readonly port: number;
  readonly processes: number;
  readonly windowMs: number;
  /** Into how many parts a minute is cut: 1 is how both READMEs do it, 8 keeps what is spent at once small. */
  readonly parts: number;
  readonly random: Random;
}

/**
 * bottleneck, clustered, with a reservoir of tokens for each account, as its README sets one up for a limit a minute. Jobs
 * weigh what they hold, and what a call did not use goes back. Calls go to the account whose line here is the shortest for
 * its limit. Lines are as long as what a process can hope for in the time that calls wait; who comes later is refused. Its
 * heartbeat, which refills reservoirs, is set from 5 s to 250 ms, because a minute is shorter here.
 */
export function withBottleneck(callAws: CallAws, { port, processes, windowMs, parts }: LimitedOptions): Sender {
  const connection = new Bottleneck.IORedisConnection({ clientOptions: { host: "127.0.0.1", port } });
  const limiters = places.map((place) => {
    const limiter = new Bottleneck({
      id: place.accountId,
      connection,
      reservoir: Math.floor(place.limit / parts),
      reservoirRefreshAmount: Math.floor(place.limit / parts),
      reservoirRefreshInterval: windowMs / parts,
      heartbeatInterval: 250,
      highWater: Math.ceil(((place.limit / meanTokens) * (maxWaitMs(windowMs) / windowMs)) / processes),
      strategy: Bottleneck.strategy.OVERFLOW,
    });
    limiter.on("error", () => undefined); // the store is gone: its jobs wait
    return { place, limiter, waiting: 0 };
  });
  return {
    send: (call) => {
      const best = limiters.reduce((one, other) =>
        (other.waiting + 1) / other.place.limit < (one.waiting + 1) / one.place.limit ? other : one,
      );
      const { limiter, place } = best;
      const sinceMs = systemClock.monotonicMs();
      best.waiting += 1;
      const job = limiter.schedule({ weight: heldTokens(call) }, async () => {
        best.waiting -= 1;
        // Whoever waited too long is gone; what was taken for it goes back.
        if (systemClock.monotonicMs() - sinceMs > maxWaitMs(windowMs)) {
          await limiter.incrementReservoir(heldTokens(call));
          throw new NoRoom();
        }
        await callAws(call, place).catch(noRoomWhenThrottled);
        await limiter.incrementReservoir(heldTokens(call) - takenTokens(call));
      });
      return job.catch((error: unknown) => {
        if (!(error instanceof Bottleneck.BottleneckError)) throw error;
        best.waiting -= 1;
        throw new NoRoom();
      });
    },
    [Symbol.asyncDispose]: () => connection.disconnect(false),
  };
}

/**
 * rate-limiter-flexible on Redis, points a window for each account. A call takes its hold from the first account that has
 * it, in turn; gives back what it did not use, and what was taken by a refusal, as long as that window lasts; and asks again
 * when told, give or take a tenth of a window, so that not all processes come at once.
 */
export function withRateLimiterFlexible(callAws: CallAws, { port, windowMs, parts, random }: LimitedOptions): Sender {
  const redis = new Redis({ host: "127.0.0.1", port });
  const limiters = places.map((place) => ({
    place,
    againMs: windowMs / 10,
    limiter: new RateLimiterRedis({
      storeClient: redis,
      points: Math.floor(place.limit / parts),
      duration: windowMs / parts / 1e3,
      keyPrefix: place.accountId,
    }),
  }));
  let turn = 0;
  return {
    send: async (call) => {
      const untilMs = systemClock.monotonicMs() + maxWaitMs(windowMs);
      for (;;) {
        turn += 1;
        const first = turn;
        const waits: number[] = [];
        for (let step = 0; step < limiters.length; step += 1) {
          const tried = limiters[(first + step) % limiters.length];
          if (tried === undefined) throw new RangeError("no accounts");
          const wait = await take(tried, call, callAws);
          if (wait === undefined) return;
          waits.push(wait);
        }
        const waitMs = Math.min(...waits) + (random() * windowMs) / parts / 10;
        if (systemClock.monotonicMs() + waitMs > untilMs) throw new NoRoom();
        await systemClock.sleep(waitMs);
      }
    },
    [Symbol.asyncDispose]: async () => {
      redis.disconnect();
    },
  };
}

interface Limited {
  readonly place: (typeof places)[number];
  readonly limiter: RateLimiterRedis;
  /** When to ask again where nobody tells. */
  readonly againMs: number;
}

/** @returns undefined when the call was served, or milliseconds until the account has points again. */
async function take(
  { place, limiter, againMs }: Limited,
  call: Parameters<CallAws>[0],
  callAws: CallAws,
): Promise<number | undefined> {
  const key = "tokens";
  const held = heldTokens(call);
  const sinceMs = systemClock.monotonicMs();
  let taken: RateLimiterRes;
  try {
    taken = await limiter.consume(key, held);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) return againMs; // the store is gone
    await limiter.reward(key, held);
    return refused.msBeforeNext;
  }
  try {
    await callAws(call, place);
  } catch (error) {
    if (error instanceof Throttled) return againMs;
    throw error;
  }
  const isSameWindow = systemClock.monotonicMs() < sinceMs + taken.msBeforeNext;
  if (isSameWindow) await limiter.reward(key, held - takenTokens(call));
  return undefined;
}

function noRoomWhenThrottled(error: unknown): never {
  throw error instanceof Throttled ? new NoRoom() : error;
}
