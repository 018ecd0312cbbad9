import type { ProfileView, SimulatedInferenceProfiles } from "../../profiles/simulated-inference-profiles.ts";
import type { Answer } from "../answer.ts";
import type { Authenticated } from "../authenticate.ts";
import { sendBedrockError, sendUnknownOperation } from "../bedrock-answers.ts";
import { decodeSegment } from "../bedrock-route.ts";
import type { WireRequest } from "../wire-request.ts";
import { answerControl, type ControlOptions } from "./control-options.ts";
import type { ControlApi } from "./control-tally.ts";
import { pageOf } from "./page.ts";

/** Source: Bedrock API reference, "ListInferenceProfiles" (read 2026-11-23). */
const mostRows = 1_000;
const path = "/inference-profiles";
const contentType = "application/json";

/** Whether a path is one of these. */
export function isProfilesPath(asked: string): boolean {
  return asked === path || asked.startsWith(`${path}/`);
}

/** The part of Bedrock's control plane that tells of inference profiles. */
export class ProfilesService {
  readonly #options: ControlOptions;
  readonly #profiles: SimulatedInferenceProfiles;

  constructor(profiles: SimulatedInferenceProfiles, options: ControlOptions) {
    this.#profiles = profiles;
    this.#options = options;
  }

  answer(request: WireRequest, { caller, answer }: { readonly caller: Authenticated; readonly answer: Answer }): void {
    if (request.method !== "GET") return sendUnknownOperation(answer);
    const identifier = decodeSegment(request.path.slice(path.length + 1));
    if (identifier === undefined) return sendUnknownOperation(answer);
    answerControl(
      {
        operation: identifier === "" ? "ListInferenceProfiles" : "GetInferenceProfile",
        caller,
        answer,
        contentType,
        refuse: (error) => sendBedrockError(answer, error),
        throttle: () => sendBedrockError(answer, { status: 429, type: "ThrottlingException", message: "Rate exceeded" }),
        serve: (place) => {
          if (identifier === "") this.#list(place, request, answer);
          else this.#get(place, identifier, answer);
        },
      },
      this.#options,
    );
  }

  /** Without a type it lists what AWS made. */
  #list(place: ControlApi, request: WireRequest, answer: Answer): void {
    const query = new URLSearchParams(request.query);
    const type = query.get("type") ?? "SYSTEM_DEFINED";
    const size = query.get("maxResults");
    const token = query.get("nextToken") ?? undefined;
    if (type !== "SYSTEM_DEFINED" && type !== "APPLICATION") return refuse(answer, `Value '${type}' at 'typeEquals'`);
    const wish = { size: size === null ? undefined : Number(size), token, mostRows };
    const page = pageOf(type, this.#profiles.list(place, type), wish);
    if (page === "size") return refuse(answer, `Value '${size}' at 'maxResults'`);
    if (page === "token") return refuse(answer, `Value '${token}' at 'nextToken'`);
    const inferenceProfileSummaries = page.rows.map(profileRow);
    send(answer, { inferenceProfileSummaries, ...(page.next !== undefined && { nextToken: page.next }) });
  }

  #get(place: ControlApi, identifier: string, answer: Answer): void {
    const profile = this.#profiles.find(place, identifier);
    if (profile !== undefined) return send(answer, profileRow(profile));
    const message = `Inference profile ${identifier} not found`;
    sendBedrockError(answer, { status: 404, type: "ResourceNotFoundException", message });
  }
}

/** Of every profile here; made up. */
const madeAt = "2026-02-17T00:00:00Z";

/** Source: Bedrock API reference, "InferenceProfileSummary" (read 2026-11-23). */
function profileRow({ id, arn, name, type, modelArns }: ProfileView): object {
  return {
    inferenceProfileId: id,
    inferenceProfileArn: arn,
    inferenceProfileName: name,
    type,
    status: "ACTIVE",
    models: modelArns.map((modelArn) => ({ modelArn })),
    createdAt: madeAt,
    updatedAt: madeAt,
  };
}

function send(answer: Answer, body: object): void {
  answer.send(200, { "content-type": contentType }, JSON.stringify(body));
}

function refuse(answer: Answer, what: string): void {
  const message = `1 validation error detected: ${what} failed to satisfy constraint`;
  sendBedrockError(answer, { status: 400, type: "ValidationException", message });
}
