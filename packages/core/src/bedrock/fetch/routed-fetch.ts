import type { HttpRequest } from "@smithy/types";
import type { Target } from "../../budget/target.ts";
import { ShardrockError } from "../../errors.ts";
import type { AttemptCall } from "../../routing/call.ts";
import type { BedrockEdge } from "../client/bedrock-edge.ts";
import { edgeOf, type ShardedBedrockRuntime } from "../client/sharded-bedrock-runtime.ts";
import { AttemptScope } from "../transport/attempt-scope.ts";
import type { SkewedConfig } from "../transport/clock-skew.ts";
import { answerOfError } from "./answer-of-error.ts";
import { TargetEndpoints } from "./target-endpoints.ts";
import { FetchAttempt } from "./fetch-attempt.ts";
import {
  type FetchInit,
  type FetchInput,
  type IncomingRequest,
  kindOf,
  readRequest,
  signalOf,
} from "./incoming-request.ts";
import { outgoingRequest } from "./outgoing-request.ts";
import { type PlannedRequest, RequestPlanner } from "./planned-request.ts";
import type { RequestKind } from "./request-kind.ts";

/**
 * A `fetch` for SDKs that take one: what they send to Bedrock goes to an account and Region with room for it, on the
 * same budget, sockets and credentials as `client`. `model` is the name of a model in the config; the host of the URL
 * and whatever the SDK authorised itself with mean nothing. It never rejects but when the caller's signal aborts:
 * every other failure is a `Response` in the shape of the API that was called, with our code in `x-shardrock-code`.
 * @throws {ShardrockError} `option-invalid` when `client` is none.
 * @example
 * const bedrock = createAmazonBedrock({ region: "us-east-1", apiKey: "unused", fetch: createRoutedFetch(client) });
 * const { text } = await generateText({ model: bedrock("sonnet"), prompt: "Name three rivers.", maxRetries: 0 });
 */
export function createRoutedFetch(client: ShardedBedrockRuntime): typeof fetch {
  const routed = new RoutedFetch(edgeOf(client), client.config);
  return (input, init) => routed.fetch(input, init);
}

class RoutedFetch {
  readonly #edge: BedrockEdge;
  readonly #planner: RequestPlanner;
  readonly #endpoints: TargetEndpoints;
  readonly #skew: SkewedConfig = { systemClockOffset: 0 };

  constructor(edge: BedrockEdge, sdk: ShardedBedrockRuntime["config"]) {
    this.#edge = edge;
    this.#endpoints = new TargetEndpoints(edge.config.endpoints, sdk);
    this.#planner = new RequestPlanner(edge);
  }

  async fetch(input: FetchInput, init: FetchInit): Promise<Response> {
    const signal = signalOf(input, init);
    signal?.throwIfAborted();
    let kind: RequestKind | undefined;
    try {
      kind = kindOf(input, init);
      return await this.#route(kind, input, init);
    } catch (error) {
      signal?.throwIfAborted();
      return answerOfError(error, kind?.api);
    }
  }

  async #route(kind: RequestKind, input: FetchInput, init: FetchInit): Promise<Response> {
    const incoming = await readRequest(kind, input, init);
    const planned = this.#planner.plan(incoming);
    return this.#edge.router.run(planned.request, (target, call) => this.#attempt(incoming, planned, { target, call }));
  }

  #attempt(
    incoming: IncomingRequest,
    { onUsage }: PlannedRequest,
    { target, call }: { readonly target: Target; readonly call: AttemptCall },
  ): Promise<Response> {
    const { fleet, roles, handler, clock, config } = this.#edge;
    const { timeouts, errors } = config;
    const role = fleet.accounts.get(target.accountId);
    if (role === undefined) throw new ShardrockError("option-invalid", `no account ${target.accountId} in the config`);
    const outgoing = async (): Promise<HttpRequest> =>
      outgoingRequest(incoming, target, await this.#endpoints.of(target));
    const scope = new AttemptScope({ clock, signal: call.signal, totalMs: timeouts.totalMs });
    const session = roles.session(role);
    const { kind: api, isStream, wantsUsage } = incoming;
    const { includeProviderMessage } = errors;
    const shared = { handler, clock, timeouts, includeProviderMessage, skew: this.#skew };
    const asked = { api, isStream, wantsUsage, onUsage };
    return new FetchAttempt({ ...shared, ...asked, outgoing, target, call, role, session, scope }).run();
  }
}
