import type { ThrottledCall } from "@shardrock/simulator";

/** AWS's refusals as the SDK throws them: one for each message, because they come by the thousand and nobody reads where from. */
export const throttles: Readonly<Record<ThrottledCall["message"], Error>> = {
  "Too many requests, please wait before trying again.": throttling(
    "Too many requests, please wait before trying again.",
  ),
  "Too many tokens, please wait before trying again.": throttling("Too many tokens, please wait before trying again."),
  "Too many tokens per day, please wait before trying again.": throttling(
    "Too many tokens per day, please wait before trying again.",
  ),
};

function throttling(message: ThrottledCall["message"]): Error {
  return Object.assign(new Error(message), { name: "ThrottlingException", $metadata: { httpStatusCode: 429 } });
}
