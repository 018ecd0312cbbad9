import type { Clock } from "@shardrock/core";
import type { Serve, Stage } from "../stage.ts";
import { sending } from "./sending.ts";
import { StandardRetry } from "./standard-retry.ts";

/** One SDK client per target in turn, each in the SDK's adaptive mode. */
export function adaptive(stage: Stage): Serve {
  const clients = stage.world.targets.map(() => new AdaptiveRetry(stage));
  let turn = 0;
  return sending(stage, async (_call, tryAt) => {
    const target = turn % clients.length;
    turn += 1;
    return (await clients[target]?.send(() => tryAt(target))) ? target : undefined;
  });
}

class AdaptiveRetry {
  readonly #limiter: CubicRate;
  readonly #retry: StandardRetry;

  constructor(stage: Stage) {
    this.#limiter = new CubicRate(stage.clock);
    this.#retry = new StandardRetry(stage);
  }

  /** Waits for a send token before every attempt, and tells the limiter how each came out. */
  send(attempt: () => Promise<boolean>): Promise<boolean> {
    return this.#retry.send(async () => {
      await this.#limiter.acquire();
      const isServed = await attempt();
      this.#limiter.observe(!isServed);
      return isServed ? "served" : "throttled";
    });
  }
}

/** Constants of the cubic: what is left after a throttle, how fast it grows, and how new readings weigh. */
const beta = 0.7;
const scale = 0.4;
const smooth = 0.8;
const leastPerS = 0.5;
const leastCapacity = 1;

/**
 * A client's sending rate in calls a second: cut by a throttle, grown back along a cubic. Off until the first throttle.
 * Source: @smithy/core 3.41, `DefaultRateLimiter` (read 2026-11-22), with the clock passed in.
 */
export class CubicRate {
  readonly #clock: Clock;
  #isOn = false;
  #tokens = 0;
  #capacity = leastCapacity;
  #perS = leastPerS;
  #filledAtS: number | undefined;
  #lastMaxPerS = 0;
  #throttledAtS: number;
  #measuredPerS = 0;
  #measuredSinceS: number;
  #calls = 0;
  /** Calls that wait for a token, in order of coming, and who wakes the first of them. */
  readonly #waiting = new Set<() => void>();
  #isWaking = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#throttledAtS = this.#nowS();
    this.#measuredSinceS = Math.floor(this.#nowS());
  }

  /** Waits for a token, without end. In the SDK every waiting call polls for itself; one that polls for all is the same. */
  acquire(): Promise<void> {
    if (!this.#isOn) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      this.#serve();
    });
  }

  #serve(): void {
    if (this.#isWaking) return;
    this.#refill();
    for (const start of this.#waiting) {
      if (this.#tokens < 1) break;
      this.#tokens -= 1;
      this.#waiting.delete(start);
      start();
    }
    if (this.#waiting.size === 0) return;
    this.#isWaking = true;
    this.#clock.timer(Math.ceil(((1 - this.#tokens) / this.#perS) * 1_000), () => {
      this.#isWaking = false;
      this.#serve();
    });
  }

  observe(isThrottled: boolean): void {
    this.#measure();
    const nextPerS = isThrottled ? this.#cut() : this.#grown();
    this.#refill();
    const ratePerS = Math.min(nextPerS, 2 * this.#measuredPerS);
    this.#perS = Math.max(ratePerS, leastPerS);
    this.#capacity = Math.max(ratePerS, leastCapacity);
    this.#tokens = Math.min(this.#tokens, this.#capacity);
  }

  #cut(): number {
    this.#lastMaxPerS = this.#isOn ? Math.min(this.#measuredPerS, this.#perS) : this.#measuredPerS;
    this.#throttledAtS = this.#nowS();
    this.#isOn = true;
    return this.#lastMaxPerS * beta;
  }

  #grown(): number {
    const windowS = Math.cbrt((this.#lastMaxPerS * (1 - beta)) / scale);
    return scale * (this.#nowS() - this.#throttledAtS - windowS) ** 3 + this.#lastMaxPerS;
  }

  #measure(): void {
    const halfSecond = Math.floor(this.#nowS() * 2) / 2;
    this.#calls += 1;
    if (halfSecond <= this.#measuredSinceS) return;
    const perS = this.#calls / (halfSecond - this.#measuredSinceS);
    this.#measuredPerS = perS * smooth + this.#measuredPerS * (1 - smooth);
    this.#calls = 0;
    this.#measuredSinceS = halfSecond;
  }

  #refill(): void {
    const nowS = this.#nowS();
    const sinceS = nowS - (this.#filledAtS ?? nowS);
    this.#tokens = Math.min(this.#capacity, this.#tokens + sinceS * this.#perS);
    this.#filledAtS = nowS;
  }

  #nowS(): number {
    return this.#clock.epochMs() / 1_000;
  }
}
