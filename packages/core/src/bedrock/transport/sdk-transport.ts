import type { ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-bedrock-runtime";
import type { Target } from "../../budget/target.ts";
import type { Clock } from "../../clock.ts";
import { ShardrockError } from "../../errors.ts";
import type { AttemptCall } from "../../routing/call.ts";
import type { AssumedRole, AssumedRoles } from "../identity/assumed-roles.ts";
import { AttemptScope } from "./attempt-scope.ts";
import { BedrockAttempt, type OutgoingCall } from "./sdk-attempt.ts";
import type { Served } from "./served-by.ts";
import type { TargetClients } from "./target-clients.ts";
import type { TimeoutsConfig } from "../config/timeouts.ts";

/** What a new config may change for the calls after it. */
export interface TransportRules {
  /** By account id. */
  readonly accounts: ReadonlyMap<string, AssumedRole>;
  readonly timeouts: TimeoutsConfig;
}

export interface BedrockTransportOptions {
  /** What is in force now: accounts by id, and times. */
  readonly inForce: () => TransportRules;
  readonly roles: AssumedRoles;
  readonly clients: TargetClients;
  readonly clock: Clock;
  /** True: AWS's own words, which may quote the prompt, are part of error messages. False unless told. */
  readonly includeProviderMessage?: boolean | undefined;
}

/** Sends single attempts through the SDK: the account's role, its own client, our own timers. */
export class BedrockTransport {
  readonly #options: BedrockTransportOptions;

  constructor(options: BedrockTransportOptions) {
    this.#options = options;
  }

  /**
   * Sends a call to one target, once.
   * @throws a copy without content of what AWS or the network said, in a `NotSentError` when nothing left this process.
   */
  send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    outgoing: OutgoingCall<Input, Output>,
    target: Target,
    call: AttemptCall,
  ): Promise<Served<Output>> {
    const { inForce, roles, clients, clock, includeProviderMessage = false } = this.#options;
    const { accounts, timeouts } = inForce();
    const role = accounts.get(target.accountId);
    if (role === undefined) throw new ShardrockError("option-invalid", `no account ${target.accountId} in the config`);
    const session = roles.session(role);
    const client = clients.client(target, session);
    const scope = new AttemptScope({ clock, signal: call.signal, totalMs: timeouts.totalMs });
    call.onStop?.((reason) => scope.end(reason));
    return new BedrockAttempt({
      outgoing,
      target,
      call,
      role,
      session,
      client,
      scope,
      clock,
      timeouts,
      includeProviderMessage,
    }).run();
  }
}
