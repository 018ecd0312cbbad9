import type { QuotaPlace } from "@shardrock/core";
import type { Answer } from "../answer.ts";
import type { Authenticated } from "../authenticate.ts";
import { sendBedrockError, sendUnknownOperation } from "../bedrock-answers.ts";
import { decodeSegment } from "../bedrock-route.ts";
import type { WireRequest } from "../wire-request.ts";
import { answerControl, type ControlOptions } from "./control-options.ts";

/** A foundation model in an account and Region. */
export interface SimulatedModelPlace extends QuotaPlace {
  readonly modelId: string;
}

/** Where an account has Bedrock write what its calls hold. */
export interface SimulatedInvocationLogging extends QuotaPlace {
  readonly bucket: string;
  /** Whether prompts and answers are in it. */
  readonly includesText: boolean;
}

/** What accounts have set, besides quotas and profiles. */
export interface SimulatedSettings {
  /** Models whose agreement an account has not accepted. Default: none. */
  readonly withoutAccess?: readonly SimulatedModelPlace[];
  /** Default: off everywhere. */
  readonly invocationLogging?: readonly SimulatedInvocationLogging[];
}

const availability = "/foundation-model-availability/";
const logging = "/logging/modelinvocations";
const contentType = "application/json";

/** Whether a path is one of these. */
export function isSettingsPath(asked: string): boolean {
  return asked === logging || asked.startsWith(availability);
}

/**
 * The part of Bedrock's control plane that tells what an account has set. Nothing can be changed here.
 * Source: Bedrock API reference, "GetFoundationModelAvailability" and "GetModelInvocationLoggingConfiguration" (read 2026-11-23).
 */
export class SettingsService {
  readonly #settings: SimulatedSettings;
  readonly #options: ControlOptions;

  constructor(settings: SimulatedSettings, options: ControlOptions) {
    this.#settings = settings;
    this.#options = options;
  }

  answer(request: WireRequest, { caller, answer }: { readonly caller: Authenticated; readonly answer: Answer }): void {
    if (request.method !== "GET") return sendUnknownOperation(answer);
    const isLogging = request.path === logging;
    const modelId = isLogging ? "" : decodeSegment(request.path.slice(availability.length));
    if (modelId === undefined) return sendUnknownOperation(answer);
    answerControl(
      {
        operation: isLogging ? "GetModelInvocationLoggingConfiguration" : "GetFoundationModelAvailability",
        caller,
        answer,
        contentType,
        refuse: (error) => sendBedrockError(answer, error),
        throttle: () =>
          sendBedrockError(answer, { status: 429, type: "ThrottlingException", message: "Rate exceeded" }),
        serve: (place) => send(answer, isLogging ? this.#logging(place) : this.#availability(place, modelId)),
      },
      this.#options,
    );
  }

  #availability(place: QuotaPlace, modelId: string): object {
    const { withoutAccess = [] } = this.#settings;
    const isWithout = withoutAccess.some((each) => isAt(place, each) && each.modelId === modelId);
    return {
      modelId,
      agreementAvailability: { status: isWithout ? "NOT_AVAILABLE" : "AVAILABLE" },
      authorizationStatus: "AUTHORIZED",
      entitlementAvailability: isWithout ? "NOT_AVAILABLE" : "AVAILABLE",
      regionAvailability: "AVAILABLE",
    };
  }

  #logging(place: QuotaPlace): object {
    const { invocationLogging = [] } = this.#settings;
    const found = invocationLogging.find((each) => isAt(place, each));
    if (found === undefined) return {};
    const { bucket: bucketName, includesText } = found;
    return { loggingConfig: { s3Config: { bucketName }, textDataDeliveryEnabled: includesText } };
  }
}

function isAt({ accountId, region }: QuotaPlace, other: QuotaPlace): boolean {
  return other.accountId === accountId && other.region === region;
}

function send(answer: Answer, body: object): void {
  answer.send(200, { "content-type": contentType }, JSON.stringify(body));
}
