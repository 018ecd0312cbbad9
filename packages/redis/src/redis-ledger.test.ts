import { MemoryLimits, systemClock, systemRandom } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import type { ScriptClient } from "./clients/script-client.ts";
import { redisLedger } from "./redis-ledger.ts";

const client: ScriptClient = { run: () => Promise.resolve(null) };

describe("redisLedger", () => {
  it.each([
    [{ realm: "prod" }, "client must be made by ioredisClient, nodeRedisClient or iovalkeyClient, got none"],
    [
      { client: {}, realm: "prod" },
      "client must be made by ioredisClient, nodeRedisClient or iovalkeyClient, got object",
    ],
    [{ client }, "realm must be 1 to 64 letters, digits, dashes, underscores, dots or colons, got none"],
    [{ client, realm: "a b" }, 'realm must be 1 to 64 letters, digits, dashes, underscores, dots or colons, got "a b"'],
    [{ client, realm: "prod", timeoutMs: 0 }, "timeoutMs must be a number from 1 to 5000 (ms), got 0"],
    [{ client, realm: "prod", beatMs: "1s" }, 'beatMs must be a number from 50 to 60000 (ms), got "1s"'],
    [{ client, realm: "prod", onStoreDown: "wait" }, 'onStoreDown must be "local" or "reject", got "wait"'],
    [{ client, realm: "prod", expiresInMs: 1 }, "expiresInMs must be a number from 1000 to 86400000 (ms), got 1"],
    [
      { client, realm: "prod", expectedProcesses: 1.5 },
      "expectedProcesses must be a whole number from 1 to 10000, got 1.5",
    ],
    [{ client, realm: "prod", timeOutMs: 50 }, 'Unrecognized key: "timeOutMs"'],
  ])("says which option is wrong, by what rule, and what it got: %#", (options, message) => {
    expect(() => redisLedger(options as never)).toThrow(expect.objectContaining({ code: "option-invalid", message }));
  });

  it("does nothing before a router opens it", () => {
    let asked = 0;
    const counting: ScriptClient = { run: () => Promise.resolve((asked += 1)) };

    redisLedger({ client: counting, realm: "prod" });

    expect(asked).toBe(0);
  });

  it("counts what is opened twice under one name as two", async () => {
    const beating: string[] = [];
    const listening: ScriptClient = {
      run: ({ name }, _, [process = ""]) => {
        if (name === "beat") beating.push(process);
        return Promise.resolve(null);
      },
    };
    const limits = new MemoryLimits();
    const host = { clock: systemClock, random: systemRandom, limits, tell: () => undefined, warn: () => undefined };
    const pod = redisLedger({ client: listening, realm: "prod", processId: "pod-1" });

    const opened = [pod.open(host), pod.open(host)];
    for (const one of opened) await one[Symbol.asyncDispose]();

    expect(beating.every((process) => process.startsWith("pod-1"))).toBe(true);
    expect(new Set(beating).size).toBe(2);
  });
});
