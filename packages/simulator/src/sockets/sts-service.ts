import type { Clock } from "@shardrock/core";
import { isoTime } from "./amz-time.ts";
import type { Answer } from "./answer.ts";
import type { Authenticated } from "./authenticate.ts";
import type { Fault, FaultPoint } from "./fault.ts";
import type { Principals } from "./principals.ts";
import { mayAssume, type SimulatedRole } from "./role.ts";
import { sendStsError, sendStsResult } from "./sts-answers.ts";
import { assumeRoleProblem } from "./sts-problem.ts";
import { durationSecondsOf, sessionOf, type SimulatedSession } from "./sts-session.ts";
import type { Timers } from "./timers.ts";
import type { WireRequest } from "./wire-request.ts";

export interface StsServiceOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly principals: Principals;
  readonly roles: readonly SimulatedRole[];
  /** Replaces the lifetime that was asked for, in ms. */
  readonly sessionLifetimeMs?: number;
  readonly faultAt: (point: Omit<FaultPoint, "sequence">) => Fault | undefined;
}

const defaultDurationSeconds = 3600;

/** AssumeRole and GetCallerIdentity. */
export class StsService {
  readonly #options: StsServiceOptions;
  readonly #roles: ReadonlyMap<string, SimulatedRole>;
  readonly #sessions: SimulatedSession[] = [];

  constructor(options: StsServiceOptions) {
    this.#options = options;
    this.#roles = new Map(options.roles.map((role) => [role.roleArn, role]));
  }

  /** Oldest first. */
  get sessions(): readonly SimulatedSession[] {
    return [...this.#sessions];
  }

  answer(request: WireRequest, caller: Authenticated, answer: Answer): void {
    const form = new URLSearchParams(request.body.toString("utf8"));
    const action = form.get("Action") ?? "";
    switch (action) {
      case "AssumeRole": {
        const accountId = this.#roles.get(form.get("RoleArn") ?? "")?.accountId ?? caller.principal.accountId;
        const point = { operation: action, accountId, region: caller.region, modelId: undefined } as const;
        return this.#orFault(point, answer, () => this.#assumeRole(form, caller, answer));
      }
      case "GetCallerIdentity": {
        const { userId, accountId, arn } = caller.principal;
        const point = { operation: action, accountId, region: caller.region, modelId: undefined } as const;
        const result = { UserId: userId, Account: accountId, Arn: arn };
        return this.#orFault(point, answer, () => sendStsResult(answer, action, result));
      }
      default: {
        const message = `Could not find operation ${action} for version ${form.get("Version") ?? ""}`;
        return sendStsError(answer, { status: 400, code: "InvalidAction", message });
      }
    }
  }

  /** Breaks the request where the fault hook says so; a fault of a stream breaks nothing here. */
  #orFault(point: Omit<FaultPoint, "sequence">, answer: Answer, serve: () => void): void {
    const fault = this.#options.faultAt(point);
    switch (fault?.kind) {
      case "error":
        return this.#options.timers.after(fault.afterMs ?? 0, () =>
          sendStsError(answer, { ...fault, code: fault.type }),
        );
      case "reset":
        return answer.reset();
      case "hang":
        return undefined;
      default:
        return serve();
    }
  }

  #assumeRole(form: URLSearchParams, caller: Authenticated, answer: Answer): void {
    const problem = assumeRoleProblem(form, caller.principal);
    if (problem !== undefined) return sendStsError(answer, problem);
    const roleArn = form.get("RoleArn") ?? "";
    const role = this.#roles.get(roleArn);
    if (role === undefined || !mayAssume(role, caller.principal, form.get("ExternalId") ?? undefined)) {
      const { arn } = caller.principal;
      const message = `User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
      return sendStsError(answer, { status: 403, code: "AccessDenied", message });
    }
    const name = form.get("RoleSessionName") ?? "";
    const principal = this.#options.principals.openSession(role, { name, expiresAtMs: this.#expiry(form) });
    this.#sessions.push(sessionOf(form, { role, caller, principal }));
    sendStsResult(answer, "AssumeRole", {
      AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
      Credentials: {
        AccessKeyId: principal.accessKeyId,
        SecretAccessKey: principal.secretAccessKey,
        SessionToken: principal.sessionToken,
        Expiration: isoTime(principal.expiresAtMs),
      },
      SourceIdentity: form.get("SourceIdentity") ?? undefined,
    });
  }

  /** On a whole second, because that is what the answer can say. */
  #expiry(form: URLSearchParams): number {
    const { clock, sessionLifetimeMs } = this.#options;
    const lifetimeMs = sessionLifetimeMs ?? (durationSecondsOf(form) ?? defaultDurationSeconds) * 1000;
    return Math.floor((clock.epochMs() + lifetimeMs) / 1000) * 1000;
  }
}
