import { randomUUID } from "node:crypto";
import { type Clock, ShardrockError } from "@shardrock/core";
import { SimulatedMetrics } from "../metrics/simulated-metrics.ts";
import { SimulatedInferenceProfiles } from "../profiles/simulated-inference-profiles.ts";
import { SimulatedServiceQuotas } from "../quotas/simulated-service-quotas.ts";
import { Answer } from "./answer.ts";
import { type AuthRefusalReason, Authenticator } from "./authenticate.ts";
import { sendBedrockError } from "./bedrock-answers.ts";
import { BedrockService } from "./bedrock-service.ts";
import { type AnsweredRequest, CallTally, type TargetStats } from "./call-tally.ts";
import { ApiRates } from "./control/api-rates.ts";
import { CloudWatchService, type SimulatedSharing } from "./control/cloudwatch-service.ts";
import { type ControlStats, ControlTally } from "./control/control-tally.ts";
import { ProfilesService } from "./control/profiles-service.ts";
import { SettingsService, type SimulatedSettings } from "./control/settings-service.ts";
import { ServiceQuotasService } from "./control/service-quotas-service.ts";
import { defaultDripMs } from "./drip.ts";
import type { SimulatedBook } from "./exchange.ts";
import type { Fault, FaultHook, FaultPoint } from "./fault.ts";
import { FrontDoor } from "./front-door.ts";
import type { SimulatedModelOptions } from "./generate.ts";
import { Guardrails, type SimulatedGuardrail } from "./guardrail.ts";
import { listenOnLoopback } from "./one-port-server.ts";
import { Principals, type SimulatedCaller } from "./principals.ts";
import type { SimulatedRole } from "./role.ts";
import { StsService } from "./sts-service.ts";
import type { SimulatedSession } from "./sts-session.ts";
import { Timers } from "../timers.ts";
import { readRequest } from "./wire-request.ts";

export interface SimulatedAwsOptions {
  /** Decides which calls fit. */
  readonly book: SimulatedBook;
  readonly clock: Clock;
  /** Credentials that exist from the start; at least one. */
  readonly callers: readonly [SimulatedCaller, ...SimulatedCaller[]];
  readonly roles: readonly SimulatedRole[];
  /** The Regions that exist: a request signed for another is refused. Default: any name. */
  readonly regions?: readonly string[];
  /** Lifetime of every session in ms, whatever was asked for; whole seconds count. */
  readonly sessionLifetimeMs?: number;
  readonly model: SimulatedModelOptions;
  /** Guardrails that exist. Default: none. */
  readonly guardrails?: readonly SimulatedGuardrail[];
  /** How far AWS's clock is ahead of `clock`, in ms; below 0: behind. Default: 0. */
  readonly clockSkewMs?: number;
  readonly fault?: FaultHook;
  /** What Service Quotas says. Default: AWS's defaults. What the book enforces is the book's affair. */
  readonly serviceQuotas?: SimulatedServiceQuotas;
  /** What CloudWatch has counted. Default: nothing. */
  readonly metrics?: SimulatedMetrics;
  /** Accounts that share their metrics with another. Default: none. */
  readonly sharing?: readonly SimulatedSharing[];
  /** Inference profiles that are listed. Default: those of models there were in 2026. */
  readonly profiles?: SimulatedInferenceProfiles;
  /** What accounts have set besides. Default: every model may be called, and invocation logging is off. */
  readonly settings?: SimulatedSettings;
}

export interface SimulatedAwsStats {
  /** One per account, Region and model or profile id that was called. */
  readonly targets: readonly TargetStats[];
  /** One per account, Region and API of Service Quotas, CloudWatch and the inference profiles. */
  readonly control: readonly ControlStats[];
  /** Requests of any service that failed authentication, by reason. */
  readonly refusedByAuth: Readonly<Partial<Record<AuthRefusalReason, number>>>;
}

/** A running simulated AWS. Disposing it breaks every connection and stops every timer. */
export interface SimulatedAws extends AsyncDisposable {
  /** The endpoint of every service in every Region, `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  /** Clients' connections that are open now. */
  readonly openConnections: number;
  stats(): SimulatedAwsStats;
  /** Sessions that AssumeRole opened, oldest first. */
  sessions(): readonly SimulatedSession[];
  /** Tells of every Bedrock request that ended, until the handle is disposed. */
  onRecord(listener: (request: AnsweredRequest) => void): Disposable;
}

/**
 * Starts STS, bedrock-runtime, bedrock-mantle, inference profiles, Service Quotas and CloudWatch on one port of 127.0.0.1, over HTTP/1.1 and HTTP/2 without TLS, for real AWS SDKs.
 * Signatures are verified; the account is the one of the credentials, the Region and service those of the signature's
 * scope.
 * @throws {ShardrockError} `option-invalid`; or the system's error when no port can be had.
 */
export async function startSimulatedAws(options: SimulatedAwsOptions): Promise<SimulatedAws> {
  checkModel(options.model);
  const clock = aheadBy(options.clockSkewMs ?? 0, options.clock);
  const principals = new Principals(options.callers);
  const timers = new Timers(options.clock);
  const tally = new CallTally();
  const faultAt = faultsOf(options);
  const sts = new StsService({ ...options, clock, principals, roles: rolesOf(options), timers, faultAt });
  const guardrails = new Guardrails(options.guardrails ?? []);
  const bedrock = new BedrockService({ ...options, clock, timers, tally, guardrails, faultAt });

  const controlTally = new ControlTally();
  const control = { clock, timers, tally: controlTally, rates: new ApiRates(), faultAt };
  const { metrics = new SimulatedMetrics(), sharing = [] } = options;
  const door = new FrontDoor(new Authenticator(principals, clock, options.regions), {
    sts,
    bedrock,
    profiles: new ProfilesService(options.profiles ?? new SimulatedInferenceProfiles(), control),
    settings: new SettingsService(options.settings ?? {}, control),
    serviceQuotas: new ServiceQuotasService(options.serviceQuotas ?? new SimulatedServiceQuotas(), control),
    cloudWatch: new CloudWatchService({ ...control, metrics, sharing }),
  });
  const server = await listenOnLoopback((incoming, response, socket) => {
    const answer = new Answer(response, socket, { requestId: randomUUID(), clock });
    readRequest(incoming, (request) => {
      if (request === "too-large") sendBedrockError(answer, tooLarge);
      else door.enter(request, answer);
    });
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    get openConnections() {
      return server.openSockets;
    },
    stats: () => ({ targets: tally.targets, control: controlTally.apis, refusedByAuth: door.refused }),
    sessions: () => sts.sessions,
    onRecord: (listener) => tally.onRecord(listener),
    async [Symbol.asyncDispose]() {
      timers[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The clock of a machine that is wrong about the time of day. */
function aheadBy(ms: number, clock: Clock): Clock {
  return {
    monotonicMs: () => clock.monotonicMs(),
    epochMs: () => clock.epochMs() + ms,
    timer: (ms, callback) => clock.timer(ms, callback),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}

const tooLarge = {
  status: 413,
  type: "RequestEntityTooLargeException",
  message: "The request body is larger than 25 MB.",
};

function rolesOf({ roles, callers }: SimulatedAwsOptions): readonly SimulatedRole[] {
  const trusts = { kind: "accounts", accountIds: [callers[0].accountId] } as const;
  return roles.map((role) => ({ trusts, ...role }));
}

/** Asks the hook with a running number, and scales the delay it says. */
function faultsOf({
  fault: hook,
  model,
}: SimulatedAwsOptions): (point: Omit<FaultPoint, "sequence">) => Fault | undefined {
  let sequence = 0;
  return ({ operation, accountId, region, endpoint, modelId }) => {
    const point = { operation, accountId, region, ...(endpoint && { endpoint }), modelId, sequence: sequence++ };
    const fault = hook?.(point);
    const { timeScale = 1 } = model;
    if (fault?.kind === "drip") return { ...fault, everyMs: (fault.everyMs ?? defaultDripMs) * timeScale };
    return fault?.kind === "error" ? { ...fault, afterMs: (fault.afterMs ?? 0) * timeScale } : fault;
  };
}

/** @throws {ShardrockError} `option-invalid`. */
function checkModel({ timeScale = 1, deltasPerStream = 1 }: SimulatedModelOptions): void {
  if (!(timeScale > 0 && Number.isFinite(timeScale))) {
    throw new ShardrockError("option-invalid", `timeScale must be a number above 0, got ${timeScale}`);
  }
  if (!Number.isInteger(deltasPerStream) || deltasPerStream < 1) {
    throw new ShardrockError(
      "option-invalid",
      `deltasPerStream must be a whole number from 1 up, got ${deltasPerStream}`,
    );
  }
}
