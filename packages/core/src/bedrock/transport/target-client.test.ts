import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { ShardedBedrockRuntime } from "../client/sharded-bedrock-runtime.ts";
import { exampleAccount, exampleConfig } from "../testing/example-config.test.kit.ts";
import { converseAnswer, FakeAws } from "../testing/fake-aws.test.kit.ts";

/** One account and Region, so that every call meets the same client of the SDK. */
function open() {
  const aws = new FakeAws();
  const client = new ShardedBedrockRuntime(
    exampleConfig({ accounts: [exampleAccount(1, { regions: ["us-east-1"] })] }),
    { hostCredentials: { accessKeyId: "AKIAHOST", secretAccessKey: "s" }, requestHandler: aws.handler },
  );
  return { aws, client };
}

const input = (text: string) => ({
  modelId: "sonnet",
  messages: [{ role: "user" as const, content: [{ text }] }],
  inferenceConfig: { maxTokens: 9 },
});

/** Adds a header to whatever passes. */
const stamp = (name: string) => (next: (args: never) => unknown) => (args: { request: { headers: object } }) => {
  Object.assign(args.request.headers, { [name]: "1" });
  return next(args as never);
};

function stamped(text: string, name: string): ConverseCommand {
  const command = new ConverseCommand(input(text));
  command.middlewareStack.add(stamp(name) as never, { step: "build", name });
  return command;
}

describe("one command's middleware", () => {
  it("works for that command and for no other, whichever comes first", async () => {
    const { aws, client } = open();

    await client.send(new ConverseCommand(input("plain")));
    await client.send(stamped("one", "x-one"));
    await client.send(new ConverseCommand(input("plain")));
    await client.send(stamped("two", "x-two"));
    await client.send(new ConverseCommand(input("plain")));
    await client.send(new ConverseCommand(input("plain")));

    const stamps = aws.bedrock.map(({ headers }) => Object.keys(headers).filter((name) => /^x-(one|two)$/.test(name)));
    expect(stamps).toEqual([[], ["x-one"], [], ["x-two"], [], []]);
  });

  it("works for many commands at once", async () => {
    const { aws, client } = open();

    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        client.send(index % 2 === 0 ? new ConverseCommand(input("plain")) : stamped("stamped", "x-one")),
      ),
    );

    for (const { body, headers } of aws.bedrock) expect("x-one" in headers).toBe(body.includes("stamped"));
    expect(aws.bedrock).toHaveLength(40);
  });
});

describe("the client's middleware", () => {
  it("works from when it is added until it is removed, for calls that came by without it before", async () => {
    const { aws, client } = open();

    await client.send(new ConverseCommand(input("before")));
    client.middlewareStack.add(stamp("x-all") as never, { step: "build", name: "stamp" });
    await client.send(new ConverseCommand(input("during")));
    client.middlewareStack.remove("stamp");
    await client.send(new ConverseCommand(input("after")));

    expect(aws.bedrock.map(({ headers }) => "x-all" in headers)).toEqual([false, true, false]);
  });
});

describe("calls at once through one client of the SDK", () => {
  it("each get their own answer, prompt and signal", async () => {
    const { aws, client } = open();
    const caller = new AbortController();
    const reached: (() => void)[] = [];
    aws.onBedrock = async ({ body }) => {
      await new Promise<void>((resolve) => reached.push(resolve));
      return converseAnswer(/call \d+/.exec(body)?.[0] ?? "none");
    };
    const texts = Array.from({ length: 20 }, (_, index) => `call ${index}`);
    const calls = texts.map((text, index) =>
      client.send(new ConverseCommand(input(text)), index === 7 ? { abortSignal: caller.signal } : {}).then(
        (answer) => answer.output?.message?.content?.[0]?.text,
        (error: Error) => error.name,
      ),
    );
    await expect.poll(() => reached.length).toBe(20);

    caller.abort();
    for (const answer of reached) answer();

    expect(await Promise.all(calls)).toEqual(texts.map((text, index) => (index === 7 ? "AbortError" : text)));
    expect(aws.bedrock.map(({ signal }) => signal?.aborted).filter((aborted) => aborted)).toHaveLength(1);
  });
});

describe("the prompt of the first call through a client", () => {
  it("is not kept when the call is over", async () => {
    const { client } = open();
    const callOnce = async (): Promise<WeakRef<object>> => {
      const first = input("a secret");
      await client.send(new ConverseCommand(first));
      return new WeakRef(first.messages);
    };
    const messages = await callOnce();
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;

    for (let turn = 0; turn < 20 && messages.deref() !== undefined; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
    }

    expect(messages.deref()).toBeUndefined();
  });
});
