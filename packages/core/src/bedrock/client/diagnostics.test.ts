import { channel } from "node:diagnostics_channel";
import { afterEach, describe, expect, it } from "vitest";
import type { CallRequest } from "../../routing/call.ts";
import type { RouterEvent } from "../../routing/router-event.ts";
import { configHash } from "../config/config-hash.ts";
import { parseConfig } from "../config/parse.ts";
import { exampleConfig } from "../testing/example-config.test.kit.ts";
import { openRouter } from "./open-router.ts";

const names = ["shardrock:attempt-end", "shardrock:call-end", "shardrock:warning"] as const;
const undo: (() => void)[] = [];

afterEach(() => {
  for (const each of undo.splice(0)) each();
});

function subscribe(name: (typeof names)[number], listener: (event: unknown) => void): void {
  channel(name).subscribe(listener);
  undo.push(() => channel(name).unsubscribe(listener));
}

function open() {
  const config = parseConfig(exampleConfig());
  const { router, candidates } = openRouter(config);
  const request: CallRequest = { pool: "sonnet", candidates: candidates("sonnet", { requests: 1, tokens: 5 }) };
  const call = () =>
    router.run(request, async (_, attempt) => {
      attempt.settle({ requests: 1, tokens: 5 });
      return "an answer";
    });
  return { router, call, config };
}

describe("the diagnostics channels", () => {
  it("carry what onEvent hears, each kind on its own", async () => {
    const { router, call } = open();
    const published: Record<string, unknown[]> = {};
    for (const name of names) subscribe(name, (event) => (published[name] ??= []).push(event));
    const heard: RouterEvent[] = [];
    router.onEvent((event) => heard.push(event));

    await call();
    router.warn("a-code", "a message");

    expect(heard.map(({ kind }) => kind)).toEqual(["attempt-end", "call-end", "warning"]);
    expect(published).toEqual({
      "shardrock:attempt-end": [heard[0]],
      "shardrock:call-end": [heard[1]],
      "shardrock:warning": [heard[2]],
    });
  });

  it("carry events from the moment somebody subscribes, also to a router that has long been open", async () => {
    const { call } = open();
    const published: unknown[] = [];
    await call();
    subscribe("shardrock:call-end", (event) => published.push(event));

    await call();

    expect(published).toMatchObject([{ callId: 2 }]);
  });

  it("name the config a router was made from, without its secrets", async () => {
    const { call, config } = open();
    const published: unknown[] = [];
    subscribe("shardrock:call-end", (event) => published.push(event));

    await call();

    expect(published).toMatchObject([{ configHash: configHash(config), routerId: expect.stringMatching(/^\w{16}$/) }]);
  });

  it("let a call end well when a subscriber throws; Node makes that an uncaught exception of its own", async () => {
    const { call } = open();
    const uncaught = catchUncaught();
    subscribe("shardrock:attempt-end", () => {
      throw new Error("a bad subscriber");
    });

    expect(await call()).toBe("an answer");
    await expect.poll(() => uncaught).toEqual([new Error("a bad subscriber")]);
  });
});

/** What would have ended the process, until the test is over. */
function catchUncaught(): unknown[] {
  const before = process.listeners("uncaughtException");
  const caught: unknown[] = [];
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => caught.push(error));
  undo.push(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of before) process.on("uncaughtException", listener);
  });
  return caught;
}
