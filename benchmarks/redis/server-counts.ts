import { Redis } from "ioredis";

/** What clients send; what scripts call inside of the server is counted by Redis too, but is no round trip. */
const fromScripts = ["evalsha", "eval", "fcall"];

/** Counts what a store was asked, by its own figures. */
export class ServerCounts implements Disposable {
  readonly #redis: Redis;

  constructor(port: number) {
    this.#redis = new Redis({ host: "127.0.0.1", port });
  }

  /** Scripts that clients have had run so far. Source: Redis, "INFO", commandstats (read 2026-11-23). */
  async scripts(): Promise<number> {
    const calls = await this.callsByCommand();
    return fromScripts.reduce((sum, name) => sum + (calls.get(name) ?? 0), 0);
  }

  async callsByCommand(): Promise<ReadonlyMap<string, number>> {
    const info = await this.#redis.info("commandstats");
    const found = info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm);
    return new Map([...found].map(([, name = "", calls]) => [name, Number(calls)]));
  }

  /** Seconds of processor time the server has used so far. */
  async cpuSeconds(): Promise<number> {
    const info = await this.#redis.info("cpu");
    const seconds = [...info.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)].map(([, value]) => Number(value));
    return seconds.reduce((sum, value) => sum + value, 0);
  }

  [Symbol.dispose](): void {
    this.#redis.disconnect();
  }
}
