import type { Answer } from "./answer.ts";
import { apiStyleOf } from "./api-error.ts";
import { wordingOf } from "./auth-refusals.ts";
import type { Authenticated, Authenticator, AuthRefusal, AuthRefusalReason, Services } from "./authenticate.ts";
import { sendBedrockError } from "./bedrock-answers.ts";
import type { BedrockService } from "./bedrock-service.ts";
import type { CloudWatchService } from "./control/cloudwatch-service.ts";
import { rpcTargetOf, sendRpcError } from "./control/json-rpc.ts";
import { isProfilesPath, type ProfilesService } from "./control/profiles-service.ts";
import { isSettingsPath, type SettingsService } from "./control/settings-service.ts";
import type { ServiceQuotasService } from "./control/service-quotas-service.ts";
import { sendStsError } from "./sts-answers.ts";
import type { StsService } from "./sts-service.ts";
import type { WireRequest } from "./wire-request.ts";

/** The services behind the one port. */
export interface FrontDoorServices {
  readonly sts: StsService;
  readonly bedrock: BedrockService;
  readonly profiles: ProfilesService;
  readonly settings: SettingsService;
  readonly serviceQuotas: ServiceQuotasService;
  readonly cloudWatch: CloudWatchService;
}

/** How one of them takes a request. */
interface Door {
  /** What it must be signed for. */
  readonly services: Services;
  readonly open: (caller: Authenticated) => void;
  readonly refuse: (refusal: AuthRefusal) => void;
}

/** Sees who asks, and lets them through to the service that path and `X-Amz-Target` name. */
export class FrontDoor {
  readonly #authenticator: Authenticator;
  readonly #services: FrontDoorServices;
  readonly #refused: Partial<Record<AuthRefusalReason, number>> = {};

  constructor(authenticator: Authenticator, services: FrontDoorServices) {
    this.#authenticator = authenticator;
    this.#services = services;
  }

  /** Requests that failed authentication, by reason. */
  get refused(): Readonly<Partial<Record<AuthRefusalReason, number>>> {
    return { ...this.#refused };
  }

  enter(request: WireRequest, answer: Answer): void {
    const { services, open, refuse } = this.#doorOf(request, answer);
    const caller = this.#authenticator.authenticate(request, services);
    if (caller.kind === "authenticated") return open(caller);
    this.#refused[caller.reason] = (this.#refused[caller.reason] ?? 0) + 1;
    refuse(caller);
  }

  #doorOf(request: WireRequest, answer: Answer): Door {
    if (request.path === "/") return this.#rpcDoorOf(request, answer) ?? this.#stsDoor(request, answer);
    const { bedrock } = this.#services;
    const control = this.#controlOf(request.path);
    return {
      // The paths are the same, so the scope of the signature says which endpoint is meant.
      services: control ? ["bedrock"] : ["bedrock", "bedrock-mantle"],
      open: (caller) =>
        control ? control.answer(request, { caller, answer }) : bedrock.answer(request, caller, answer),
      refuse: (refusal) => {
        const { name, message } = wordingOf(refusal, "bedrock");
        sendBedrockError(answer, { status: 403, type: name, message }, apiStyleOf(request.path));
      },
    };
  }

  /** The part of Bedrock's control plane that has a path; undefined: none has. */
  #controlOf(path: string): ProfilesService | SettingsService | undefined {
    const { profiles, settings } = this.#services;
    if (isProfilesPath(path)) return profiles;
    return isSettingsPath(path) ? settings : undefined;
  }

  #rpcDoorOf(request: WireRequest, answer: Answer): Door | undefined {
    const target = rpcTargetOf(request);
    if (target === undefined) return undefined;
    const { serviceQuotas, cloudWatch } = this.#services;
    const service = target.service === "servicequotas" ? serviceQuotas : cloudWatch;
    return {
      services: [target.service],
      open: (caller) => service.answer(request, target, { caller, answer }),
      refuse: (refusal) => {
        const { name, message } = wordingOf(refusal, "bedrock");
        sendRpcError(answer, target.service, { status: 403, type: name, message });
      },
    };
  }

  #stsDoor(request: WireRequest, answer: Answer): Door {
    return {
      services: ["sts"],
      open: (caller) => this.#services.sts.answer(request, caller, answer),
      refuse: (refusal) => {
        const { name, message } = wordingOf(refusal, "sts");
        sendStsError(answer, { status: 403, code: name, message });
      },
    };
  }
}
