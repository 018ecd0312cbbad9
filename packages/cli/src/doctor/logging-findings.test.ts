import { expect, it } from "vitest";
import { loggingFindings } from "./logging-findings.ts";

const place = { accountId: "111111111111", region: "us-east-1" };
const s3Config = { bucketName: "logs" };

it.each([
  ["off", undefined, "model invocation logging is off"],
  ["nowhere", { textDataDeliveryEnabled: true }, "model invocation logging is off"],
  ["text", { s3Config, textDataDeliveryEnabled: true }, "is on, prompts and answers included, to bucket logs"],
  ["nothing said", { s3Config, textDataDeliveryEnabled: false }, "is on, without prompts and answers, to bucket logs"],
  [
    "all but text",
    { s3Config, imageDataDeliveryEnabled: true, audioDataDeliveryEnabled: true, textDataDeliveryEnabled: false },
    "is on, images, audio included, to bucket logs",
  ],
])("tells what of a call is logged, and where: %s", (_what, logging, says) => {
  const [finding] = loggingFindings(place, logging);

  expect(finding).toMatchObject({ severity: "info", check: "logging", ...place });
  expect(finding?.message).toContain(says);
});
