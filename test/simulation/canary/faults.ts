import type { Fault, FaultHook } from "@shardrock/simulator";
import { canaries, echo } from "./canaries.ts";

const errors: readonly (readonly [status: number, type: string])[] = [
  [429, "ThrottlingException"],
  [429, "ModelNotReadyException"],
  [400, "ServiceQuotaExceededException"],
  [400, "ValidationException"],
  [403, "AccessDeniedException"],
  [404, "ResourceNotFoundException"],
  [408, "ModelTimeoutException"],
  [409, "ConflictException"],
  [413, "RequestEntityTooLargeException"],
  [418, "TeapotException"],
  [424, "ModelErrorException"],
  [500, "InternalServerException"],
  [503, "ServiceUnavailableException"],
  [529, "overloaded_error"],
  [403, "ExpiredTokenException"],
  [403, "UnrecognizedClientException"],
  [403, "InvalidSignatureException"],
  [400, "RequestExpired"],
];

const streamExceptions: readonly Extract<Fault, { kind: "stream-error" }>["type"][] = [
  "throttlingException",
  "internalServerException",
  "serviceUnavailableException",
  "modelStreamErrorException",
  "modelTimeoutException",
  "validationException",
];

/** Counts that are none, and texts in their place. */
const badUsages: readonly unknown[] = [
  undefined,
  null,
  canaries.echoedCompletion,
  { inputTokens: canaries.prompt, outputTokens: canaries.echoedCompletion, input_tokens: canaries.prompt },
  { inputTokens: -1, outputTokens: 1e300 },
];

const onBedrock: readonly (readonly [name: string, fault: Fault])[] = [
  ...errors.map(([status, type]) => [type, { kind: "error", status, type, message: echo } as const] as const),
  [
    "Retry-After that is a text",
    { kind: "error", status: 429, type: "ThrottlingException", message: echo, retryAfter: echo },
  ],
  ...streamExceptions.flatMap((type) =>
    [0, 1, 3].map((beforeEvent) => {
      const fault = { kind: "stream-error", type, message: echo, beforeEvent } as const;
      return [`${type} before event ${beforeEvent}`, fault] as const;
    }),
  ),
  ...(["html", "empty", "json-garbage", "unknown-operation"] as const).map(
    (body) => [`${body} for an answer`, { kind: "odd-answer", body }] as const,
  ),
  ["a reset", { kind: "reset" }],
  ["a cut before content", { kind: "cut", beforeEvent: 1 }],
  ["a cut after content", { kind: "cut", beforeEvent: 4 }],
  ["a clean end after content", { kind: "cut", beforeEvent: 4, isClean: true }],
  ["a hang", { kind: "hang" }],
  ["a hang after content", { kind: "hang", beforeEvent: 4 }],
  ["a drip after content", { kind: "drip", beforeEvent: 4 }],
  ["an oversized frame", { kind: "oversized-frame", beforeEvent: 4 }],
  ...badUsages.map((usage, at) => [`bad usage ${at}`, { kind: "bad-usage", usage }] as const),
];

function always(fault: Fault): FaultHook {
  return ({ modelId }) => (modelId === undefined ? undefined : fault);
}

/** The first call of each account meets it, so that some calls succeed after it. */
function once(fault: Fault): FaultHook {
  let met = 0;
  return ({ modelId }) => (modelId === undefined || met++ > 6 ? undefined : fault);
}

function onSts(operation: "AssumeRole" | "GetCallerIdentity", fault: Fault): FaultHook {
  return (point) => (point.operation === operation ? fault : undefined);
}

const denied = {
  kind: "error",
  status: 403,
  type: "AccessDenied",
  message: `not authorized: ${echo}, external-111111111111, external-222222222222, ${canaries.hostSecret}, ${canaries.hostToken}`,
} as const;

/** Everything that can go wrong on the side of AWS; its own words quote whatever they can. */
export const faults: readonly (readonly [name: string, hook: () => FaultHook | undefined])[] = [
  ["nothing", () => undefined],
  ...onBedrock.flatMap(([name, fault]) => [[name, () => always(fault)] as const]),
  ["a passing throttle", () => once({ kind: "error", status: 429, type: "ThrottlingException", message: echo })],
  ["a session that expired", () => once({ kind: "error", status: 403, type: "ExpiredTokenException", message: echo })],
  ["STS that denies", () => onSts("AssumeRole", denied)],
  ["STS that does not say whose a session is", () => onSts("GetCallerIdentity", denied)],
  ["STS of a wrong account", () => onSts("GetCallerIdentity", { kind: "wrong-account" })],
  ["STS that fails", () => onSts("AssumeRole", { ...denied, status: 500, type: "InternalFailure" })],
  ["STS that resets", () => onSts("AssumeRole", { kind: "reset" })],
  ["STS that hangs", () => onSts("AssumeRole", { kind: "hang" })],
  ["STS that is a page", () => onSts("AssumeRole", { kind: "odd-answer", body: "html" })],
];
