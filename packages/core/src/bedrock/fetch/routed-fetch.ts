import type { HttpRequest } from "@smithy/types";
import type { Target } from "../../budget/target.ts";
import { ShardrockError } from "../../errors.ts";
import type { AttemptCall } from "../../routing/call.ts";
import type { BedrockEdge } from "../client/bedrock-edge.ts";
import type { CallOptions } from "../client/call-options.ts";
import { PerFleet } from "../client/per-fleet.ts";
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

/** A request on its way, as far as `callOptions` may know it. */
export interface RoutedRequest {
  /** The API's name for it, such as `ConverseStream`, `ChatCompletions`, `Responses` or `Messages`. */
  readonly operation: string;
  /** The model that is asked for. */
  readonly modelName: string;
  /** As the caller sent them, those that stay behind too. */
  readonly headers: Headers;
}

export interface RoutedFetchOptions {
  /** What each call asks of the router: its priority, how long it may wait, where it may run, its affinity key. */
  readonly callOptions?: ((request: RoutedRequest) => CallOptions) | undefined;
}

/**
 * A `fetch` for SDKs that take one: what they send to Bedrock goes to an account and Region with room for it, on the
 * same budget, sockets and credentials as `client`. `model` is the name of a model in the config, or an id of its
 * `servedBy`; the model's targets decide which of Bedrock's endpoints is called. The host of the URL and whatever the SDK
 * authorised itself with mean nothing.
 *
 * It rejects when the caller's signal aborts, with the signal's reason. Every other failure is a `Response` in the shape
 * of the API that was called, with our code in `x-shardrock-code`. Who served a call stands in `x-shardrock-account`,
 * `x-shardrock-region` and `x-shardrock-attempts`. The router waits and moves on by itself: set the SDK's own retries
 * to 0, or they multiply with it (the OpenAI and Anthropic SDKs are told so by `x-should-retry`).
 *
 * Responses are kept by AWS in the account and Region that served them: a call that names one, or an item of one, is
 * refused unless the model is served in one place only. Send what was said before as input, with `store: false`.
 * @throws {ShardrockError} `option-invalid` when `client` is none.
 * @example
 * const bedrock = createAmazonBedrock({ region: "us-east-1", apiKey: "unused", fetch: createRoutedFetch(client) });
 * const { text } = await generateText({ model: bedrock("sonnet"), prompt: "Name three rivers.", maxRetries: 0 });
 */
export function createRoutedFetch(client: ShardedBedrockRuntime, options: RoutedFetchOptions = {}): typeof fetch {
  const routed = new RoutedFetch(edgeOf(client), client.config, options);
  return (input, init) => routed.fetch(input, init);
}

class RoutedFetch {
  readonly #edge: BedrockEdge;
  readonly #planner: PerFleet<RequestPlanner>;
  readonly #endpoints: TargetEndpoints;
  readonly #options: RoutedFetchOptions;
  readonly #skew: SkewedConfig = { systemClockOffset: 0 };

  constructor(edge: BedrockEdge, sdk: ShardedBedrockRuntime["config"], options: RoutedFetchOptions) {
    this.#edge = edge;
    this.#planner = new PerFleet(edge, () => new RequestPlanner(edge));
    this.#endpoints = new TargetEndpoints(edge.config.endpoints, sdk);
    this.#options = options;
  }

  async fetch(input: FetchInput, init: FetchInit): Promise<Response> {
    const signal = signalOf(input, init);
    signal?.throwIfAborted();
    let kind: RequestKind | undefined;
    try {
      kind = kindOf(input, init);
      if (!this.#edge.isReady) await this.#edge.untilReady(signal);
      return await this.#route(kind, input, init);
    } catch (error) {
      signal?.throwIfAborted();
      return answerOfError(error, kind?.api);
    }
  }

  async #route(kind: RequestKind, input: FetchInput, init: FetchInit): Promise<Response> {
    const incoming = await readRequest(kind, input, init);
    const options = this.#callOptions(incoming);
    const plan = (): PlannedRequest => this.#planner.current.plan(incoming, options);
    let planned = plan();
    return this.#edge.router.run(
      planned.request,
      (target, call) => this.#attempt(incoming, planned, { target, call }),
      () => (planned = plan()).request,
    );
  }

  #callOptions({ kind, modelName, headers }: IncomingRequest): CallOptions {
    try {
      return this.#options.callOptions?.({ operation: kind.operation, modelName, headers }) ?? {};
    } catch (cause) {
      throw new ShardrockError("option-invalid", "callOptions threw an error of its own", { cause });
    }
  }

  #attempt(
    { kind: api, isStream, wantsUsage }: IncomingRequest,
    { contentFor, onEnd }: PlannedRequest,
    { target, call }: { readonly target: Target; readonly call: AttemptCall },
  ): Promise<Response> {
    const { fleet, roles, handler, clock, config } = this.#edge;
    const { timeouts, errors } = config;
    const role = fleet.accounts.get(target.accountId);
    if (role === undefined) throw new ShardrockError("option-invalid", `no account ${target.accountId} in the config`);
    const outgoing = async (): Promise<HttpRequest> =>
      outgoingRequest(contentFor(target), target, await this.#endpoints.of(target));
    const scope = new AttemptScope({ clock, signal: call.signal, totalMs: timeouts.totalMs });
    call.onStop?.((reason) => scope.end(reason));
    const session = roles.session(role);
    const { includeProviderMessage } = errors;
    const shared = { handler, clock, timeouts, includeProviderMessage, skew: this.#skew };
    const asked = { api, isStream, wantsUsage, outgoing, onEnd };
    return new FetchAttempt({ ...shared, ...asked, target, call, role, session, scope }).run();
  }
}
