import type { Clock } from "../../clock.ts";
import { ShardrockError } from "../../errors.ts";
import type { AttemptFacts } from "../../routing/attempt-facts.ts";
import type { AttemptCall } from "../../routing/call.ts";
import type { AssumedRole } from "../identity/assumed-roles.ts";
import { errorFacts } from "./error-facts.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { WireWatch } from "./wire-watch.ts";

/** What is read of an answer. */
type Answered = Pick<WireWatch, "header" | "status">;

export interface AttemptReportOptions {
  readonly call: AttemptCall;
  readonly role: AssumedRole;
  readonly clock: Clock;
}

/** What the events are told of one attempt: whose session, how long, what AWS said. Never content. */
export class AttemptReport {
  /** Milliseconds until credentials were at hand; undefined: they never were. */
  credentialsMs: number | undefined;
  /** Milliseconds from sending to the first content of a stream. */
  firstEventMs: number | undefined;
  readonly #options: AttemptReportOptions;

  constructor(options: AttemptReportOptions) {
    this.#options = options;
  }

  success(wire: Answered | undefined): void {
    this.#options.call.note(this.#facts(wire));
  }

  /** @param error - as it was thrown. */
  failure(error: unknown, wire: Answered | undefined): void {
    const { call, clock } = this.#options;
    const { name, code, httpStatus } = errorFacts(error);
    call.note({
      ...this.#facts(wire),
      httpStatus: wire?.status ?? httpStatus,
      errorName: error instanceof ShardrockError ? error.code : (code ?? name),
      retryAfterMs: retryAfterMs(wire?.header("retry-after"), clock),
    });
  }

  #facts(wire: Answered | undefined): AttemptFacts {
    const { roleArn, sessionName, sourceIdentity } = this.#options.role;
    return {
      requestId: wire?.header("x-amzn-requestid"),
      httpStatus: wire?.status,
      roleArn,
      roleSessionName: sessionName,
      sourceIdentity,
      credentialsMs: this.credentialsMs,
      firstEventMs: this.firstEventMs,
    };
  }
}
