import { BedrockRuntime, type ServiceInputTypes, type ServiceOutputTypes } from "@aws-sdk/client-bedrock-runtime";
import { ShardrockError } from "../../errors.ts";
import type { Explanation } from "../../routing/explain.ts";
import type { RouterListener } from "../../routing/router-event.ts";
import type { RouterSnapshot } from "../../routing/router-snapshot.ts";
import { abortErrorOf } from "../transport/abort-error.ts";
import { platformSignal } from "../transport/abort-signal.ts";
import { BedrockEdge, type BedrockEdgeOptions, type CloseOptions } from "./bedrock-edge.ts";
import type { BedrockCommand } from "../transport/bedrock-command.ts";
import { BedrockTransport } from "../transport/sdk-transport.ts";
import { checkedOptions, type SendOptions } from "./call-options.ts";
import { CallPlanner } from "./call-planner.ts";
import { loadConfig } from "../config/load.ts";
import type { ReloadOptions } from "./live-router.ts";
import { relayMiddleware } from "../transport/middleware-relay.ts";
import { PerFleet } from "./per-fleet.ts";
import { refusingBase } from "./refusing-base.ts";
import type { Served } from "../transport/served-by.ts";
import type { ServedMethods } from "./served-methods.ts";
import type { MaxTokensAdviceOptions } from "../usage/estimates/estimates.ts";
import type { MaxTokensAdvice } from "../usage/estimates/max-tokens-advice.ts";
import type { Config, ShardrockConfig } from "../config/shardrock-config.ts";
import { TargetClients } from "../transport/target-clients.ts";

export type ShardedBedrockRuntimeOptions = BedrockEdgeOptions;

type Callback<Output> = (error: unknown, data?: Served<Output>) => void;

/**
 * Many AWS accounts as one Bedrock client: a drop-in for `BedrockRuntime` and `BedrockRuntimeClient` that sends every
 * call to an account and Region with room for it. `modelId` is the name of a model in the config, or one of the ids that
 * serve it: then the call goes to targets of that very id.
 * @example
 * const client = new ShardedBedrockRuntime(config);
 * const answer = await client.converse({ modelId: "sonnet", messages, inferenceConfig: { maxTokens: 500 } });
 * console.log(servedBy(answer)?.accountId);
 */
export class ShardedBedrockRuntime extends BedrockRuntime implements AsyncDisposable {
  declare readonly converse: ServedMethods["converse"];
  declare readonly converseStream: ServedMethods["converseStream"];
  declare readonly invokeModel: ServedMethods["invokeModel"];
  declare readonly invokeModelWithResponseStream: ServedMethods["invokeModelWithResponseStream"];
  declare readonly countTokens: ServedMethods["countTokens"];
  declare readonly applyGuardrail: ServedMethods["applyGuardrail"];
  readonly #edge: BedrockEdge;
  readonly #planner: PerFleet<CallPlanner>;
  readonly #transport: BedrockTransport;

  /**
   * @param config - a config as written, or one that was loaded.
   * @throws {ConfigError} `config-invalid` with every problem at once.
   */
  constructor(config: ShardrockConfig | Config, options: ShardedBedrockRuntimeOptions = {}) {
    const edge = new BedrockEdge(config, options);
    const { accounts, endpoints, errors } = edge.config;
    super(refusingBase(accounts[0]?.regions[0] ?? "us-east-1"));
    const clients = new TargetClients({ requestHandler: edge.handler, endpoint: endpoints.bedrockRuntime });
    this.#edge = edge;
    this.#planner = new PerFleet(edge, () => new CallPlanner(edge));
    this.#transport = new BedrockTransport({
      inForce: () => ({ accounts: edge.fleet.accounts, timeouts: edge.config.timeouts }),
      roles: edge.roles,
      clients,
      clock: edge.clock,
      includeProviderMessage: errors.includeProviderMessage,
    });
    relayMiddleware(this.middlewareStack, (change) => clients.change(change));
    edges.set(this, edge);
  }

  /**
   * A client with the config of a YAML or JSON file.
   * @throws {ConfigError} `config-invalid` with every problem as `file:line:column`.
   */
  static async fromFile(path: string, options: ShardedBedrockRuntimeOptions = {}): Promise<ShardedBedrockRuntime> {
    return new ShardedBedrockRuntime(await loadConfig(path), options);
  }

  /**
   * Sends a Converse, ConverseStream, InvokeModel, InvokeModelWithResponseStream, CountTokens or ApplyGuardrail command.
   * @throws {ShardrockError} `model-unknown`, `command-unsupported`, `no-capacity`, `stream-interrupted` and the like.
   * @throws a copy without content of an error of AWS, or an `AbortError` when the caller's signal aborts.
   */
  override send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: BedrockCommand<Input, Output>,
    options?: SendOptions,
  ): Promise<Served<Output>>;
  override send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: BedrockCommand<Input, Output>,
    callback: Callback<Output>,
  ): void;
  override send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: BedrockCommand<Input, Output>,
    options: SendOptions,
    callback: Callback<Output>,
  ): void;
  override send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: BedrockCommand<Input, Output>,
    optionsOrCallback?: SendOptions | Callback<Output>,
    callback?: Callback<Output>,
  ): Promise<Served<Output>> | void {
    const options = typeof optionsOrCallback === "function" ? undefined : optionsOrCallback;
    const listener = typeof optionsOrCallback === "function" ? optionsOrCallback : callback;
    const sending = this.#send(command, options ?? {});
    if (listener === undefined) return sending;
    sending
      .then(
        (output) => listener(null, output),
        (error: unknown) => listener(error),
      )
      .catch(() => undefined); // what a callback throws is its own, as with the SDK
  }

  /**
   * Where a command could go now: every candidate with its rank, score and reason, best first, and what binds the call
   * to some of them. Books and sends nothing.
   * @throws {ShardrockError} for a command that `send` would refuse too.
   */
  explain<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: BedrockCommand<Input, Output>,
    options: SendOptions = {},
  ): readonly Explanation[] {
    return this.#planner.current.explain(command, options);
  }

  /**
   * What calls hold for their output and what answers really take, model by model: the max_tokens that a risk of cutting
   * an answer short allows, and what it would give back. Learnt from calls that ended well; numbers only.
   * @throws {ShardrockError} `model-unknown`, or `option-invalid` for a risk that is no share.
   */
  maxTokensAdvice(options: MaxTokensAdviceOptions = {}): readonly MaxTokensAdvice[] {
    return this.#edge.estimates.advice(options);
  }

  /**
   * What each quota holds and has free now, who waits, and how many calls are under way. Its rows are flat: `console.table`
   * shows them. No content, no affinity keys.
   */
  snapshot(): RouterSnapshot {
    return this.#edge.router.snapshot();
  }

  /** Hears what happens to every call; dispose to stop. Events carry no content. */
  onEvent(listener: RouterListener): Disposable {
    return this.#edge.router.onEvent(listener);
  }

  /**
   * Takes an account out, at once: new calls do not start there, calls that wait move on to other accounts, calls under
   * way finish, streams too. A reload does not bring it back, `resume` does.
   * @param reason - for people: shows in `explain`, in refusals and in the event.
   * @returns when its last call has ended and its credentials are wiped, or it was resumed.
   * @throws {ShardrockError} `option-invalid` for an account that is not in the config, naming those that are; `closed`.
   */
  drain(accountId: string, reason?: string): Promise<void> {
    return this.#edge.drain(accountId, reason);
  }

  /**
   * Brings a drained account back, whether `drain` or the config took it out.
   * @throws {ShardrockError} `option-invalid` for an account that is not in the config, naming those that are; `closed`.
   */
  resume(accountId: string): void {
    this.#edge.resume(accountId);
  }

  /**
   * Takes over another config, all of it at once or nothing. Calls under way finish where they are; calls that wait are
   * planned anew and keep their place by arrival and the time they have left; accounts that are gone lose their
   * credentials when their last call has ended. What quotas have booked and learned stays with those that stay.
   * @param options - `reason`, for people: shows in the event.
   * @throws {ConfigError} `config-invalid` with every problem at once, and what cannot change at run time (endpoints,
   * errors, state, windows, `timeouts.connectMs`, `timeouts.credentialsMs`) among them; then nothing has changed.
   * @throws {ShardrockError} `closed`.
   */
  reload(config: ShardrockConfig | Config, options: ReloadOptions = {}): void {
    this.#edge.reload(config, options);
  }

  /**
   * Takes no more calls, refuses those that wait with `closed`, and waits for those under way; what outlasts the bound is
   * broken off with `closed`. Then it writes what was learned, closes all connections and wipes all credentials. The
   * shortest bound of several calls counts.
   * @throws {ShardrockError} `option-invalid` for a bound that is none.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    await this.#edge.close(options);
    this.destroy();
  }

  /** Takes no more calls, refuses those that wait, closes all connections and wipes all credentials: at once. */
  override destroy(): void {
    super.destroy();
    this.#edge.destroy();
  }

  /** As `close` with its usual bound. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: BedrockCommand<Input, Output>,
    options: SendOptions,
  ): Promise<Served<Output>> {
    if (!this.#edge.isReady) {
      const { maxWaitMs } = checkedOptions(options.shardrock ?? {});
      await this.#edge.untilReady(platformSignal(options.abortSignal), maxWaitMs);
    }
    let planned = this.#planner.current.plan(command, options);
    const { request } = planned;
    try {
      return await this.#edge.router.run(
        request,
        (target, call) => this.#transport.send(planned.outgoing, target, call),
        () => (planned = this.#planner.current.plan(command, options)).request,
      );
    } catch (error) {
      const { signal } = request;
      throw signal?.aborted && error === signal.reason ? abortErrorOf(error) : error;
    }
  }
}

const edges = new WeakMap<ShardedBedrockRuntime, BedrockEdge>();

/** What a client shares with the other ways into Bedrock. */
export function edgeOf(client: ShardedBedrockRuntime): BedrockEdge {
  const edge = edges.get(client);
  if (edge === undefined) throw new ShardrockError("option-invalid", "a ShardedBedrockRuntime is needed here");
  return edge;
}
