import { describe, expect, it } from "vitest";
import { checkRequestMetadata } from "./request-metadata.ts";

const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`key${at}`, "v"]));

describe("request metadata", () => {
  it.each([
    [undefined],
    [{ team: "risk", "a b:_@$#=/+,.-": "" }],
    [pairs(16)],
    [{ k: "v".repeat(256) }],
    ['{"team":"risk"}'],
    ["not JSON, for AWS to judge"],
  ])("passes as AWS takes it: %j", (metadata) => {
    expect(() => checkRequestMetadata(metadata)).not.toThrow();
  });

  it.each([
    [{}, "1 to 16 pairs, got 0"],
    [pairs(17), "1 to 16 pairs, got 17"],
    [{ "": "secret" }, '""'],
    [{ ["k".repeat(257)]: "secret" }, "kkk"],
    [{ "a;b": "secret" }, '"a;b"'],
    [{ team: "secret;" }, '"team"'],
    [{ team: "secret\u0000" }, '"team"'],
    [{ team: "s".repeat(257) }, '"team"'],
    [{ team: 7 }, '"team"'],
    [["secret"], "pairs of text"],
    ['{"team":"secret;"}', '"team"'],
    ['{"team":"risk"}\r\nx-amz-secret: secret', "one line"],
  ])("is refused before anything is booked: %j", (metadata, message) => {
    expect(() => checkRequestMetadata(metadata)).toThrow(
      expect.objectContaining({ code: "request-invalid", message: expect.stringContaining(message) }),
    );
    expect(() => checkRequestMetadata(metadata)).not.toThrow(/secret|sss/);
  });
});
