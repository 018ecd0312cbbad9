import type { Clock } from "@shardrock/core";
import { isoTime } from "./amz-time.ts";
import type { Answer } from "./answer.ts";
import { answerAtOnce } from "./at-once.ts";
import type { Authenticated } from "./authenticate.ts";
import type { Fault, FaultPoint } from "./fault.ts";
import type { Principals } from "./principals.ts";
import { mayAssume, type SimulatedRole } from "./role.ts";
import { sendStsError, sendStsResult } from "./sts-answers.ts";
import { assumeRoleProblem } from "./sts-problem.ts";
import { durationSecondsOf, sessionOf, type SimulatedSession } from "./sts-session.ts";
import type { Timers } from "../timers.ts";
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
        return this.#orFault(point, answer, (fault) => {
          const account = fault?.kind === "wrong-account" ? otherAccountThan(accountId) : accountId;
          const result = { UserId: userId, Account: account, Arn: arn.replace(accountId, account) };
          sendStsResult(answer, action, result);
        });
      }
      default: {
        const message = `Could not find operation ${action} for version ${form.get("Version") ?? ""}`;
        return sendStsError(answer, { status: 400, code: "InvalidAction", message });
      }
    }
  }

  #orFault(point: Omit<FaultPoint, "sequence">, answer: Answer, serve: (fault: Fault | undefined) => void): void {
    const { faultAt, timers } = this.#options;
    const fault = faultAt(point);
    answerAtOnce(fault, {
      answer,
      timers,
      contentType: "text/xml",
      serve: () => serve(fault),
      refuse: (error) => sendStsError(answer, { ...error, code: error.type }),
    });
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

/** 12 digits that are not these. */
function otherAccountThan(accountId: string): string {
  return accountId === "000000000000" ? "000000000001" : "000000000000";
}
