import { describe, expect, it } from "vitest";
import { NoCapacityError } from "../../errors.ts";
import { markServed, servedBy } from "./served-by.ts";

const served = {
  accountId: "111111111111",
  region: "us-east-1",
  modelId: "m",
  requestId: "r",
  attempts: 1,
  waitedMs: 0,
  callId: 1,
};

describe("who served a call", () => {
  it("is written beside what the SDK wrote, and read from there", () => {
    const result = markServed({ $metadata: { requestId: "r" } }, served);

    expect(result.$metadata).toEqual({ requestId: "r", shardrock: served });
    expect(servedBy(result)).toEqual(served);
  });

  it("is written on an in-stream exception too, which has no metadata", () => {
    const error = markServed(Object.assign(new Error("m"), { $metadata: undefined }), served);

    expect(servedBy(error)).toEqual(served);
  });

  it("is found on the error that sent a call back to a full waiting room", () => {
    const throttle = markServed(new Error("slow down"), served);

    expect(servedBy(new NoCapacityError("no room", { retryAfterMs: 5, isEstimated: false, cause: throttle }))).toEqual(
      served,
    );
  });

  it("leaves alone what is frozen", () => {
    expect(() => markServed(Object.freeze({ $metadata: Object.freeze({}) }), served)).not.toThrow();
  });

  it.each([[undefined], [null], [3], [{}], [{ $metadata: { shardrock: {} } }], [new Error("m")]])(
    "is nobody for %s",
    (what) => {
      expect(servedBy(what)).toBeUndefined();
    },
  );
});
