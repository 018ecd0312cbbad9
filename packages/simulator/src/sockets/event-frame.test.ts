import { Readable } from "node:stream";
import { BedrockRuntime, type ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime";
import { expect, it } from "vitest";
import { converseDialect } from "./dialects/converse.ts";
import type { Generated } from "./dialects/dialect.ts";
import { eventFrame, exceptionFrame } from "./event-frame.ts";
import { collect, converseInput, errorOf, host } from "./sockets.test.kit.ts";

const generated: Generated = {
  modelId: "m",
  requestId: "r",
  createdAtS: 0,
  inputTokens: 5,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 2,
  stopReason: "end_turn",
  latencyMs: 8,
  firstTokenMs: 2,
  parts: ["one", " two"],
};

/** The real client, given chunks instead of a network. */
class OfflineClient {
  #chunks: readonly Uint8Array[] = [];
  readonly #client = new BedrockRuntime({
    region: "eu-west-1",
    credentials: host,
    maxAttempts: 1,
    authSchemePreference: ["sigv4"],
    requestHandler: { handle: async () => ({ response: this.#response() as never }) },
  });

  async read(chunks: readonly Uint8Array[]): Promise<ConverseStreamOutput[]> {
    this.#chunks = chunks;
    const { stream } = await this.#client.converseStream(converseInput(2));
    return collect(stream);
  }

  #response(): object {
    const headers = { "content-type": "application/vnd.amazon.eventstream" };
    return { statusCode: 200, headers, body: Readable.from(this.#chunks) };
  }
}

it("makes frames that the SDK reads however the network splits them", async () => {
  const events = [
    ...converseDialect.opening(generated),
    ...generated.parts.map((part, index) => converseDialect.delta(generated, part, index)),
    ...converseDialect.closing(generated),
  ];
  const frames = events.map((event) => eventFrame(event.type, event.payload));
  const bytes = Buffer.concat(frames);
  const client = new OfflineClient();
  const whole = await client.read([bytes]);

  expect(whole).toHaveLength(frames.length);
  for (let at = 1; at < bytes.length; at += 1) {
    expect(await client.read([bytes.subarray(0, at), bytes.subarray(at)]), `split at byte ${at}`).toEqual(whole);
  }
}, 60_000);

it("makes frames whose corruption the SDK notices", async () => {
  const bytes = Buffer.from(eventFrame("messageStart", { role: "assistant" }));
  bytes[bytes.length - 5] = 0x20;

  const error = await errorOf(new OfflineClient().read([bytes]));

  expect(error.message).toContain("checksum");
});

it("makes exceptions that the SDK throws as the modelled class", async () => {
  const bytes = exceptionFrame("throttlingException", { message: "slow down" });

  const error = await errorOf(new OfflineClient().read([bytes]));

  expect(error.name).toBe("ThrottlingException");
  expect(error.message).toBe("slow down");
});
