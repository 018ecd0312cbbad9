import type { BedrockRuntimeClient, ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-bedrock-runtime";
import type { BedrockCommand, SdkSendOptions } from "./bedrock-command.ts";
import { copyFor } from "./command-kind.ts";
import type { AttemptScope } from "./attempt-scope.ts";
import { passBy, watchedOptions, type WireWatch } from "./wire-watch.ts";

/** A change to the middleware of a client. */
export type MiddlewareChange = (stack: BedrockRuntimeClient["middlewareStack"]) => void;

/** One command on its way to one target. */
export interface Sending<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> {
  /** The caller's own; not touched. */
  readonly command: BedrockCommand<Input, Output>;
  /** What goes out in place of its input. */
  readonly input: object;
  readonly options: SdkSendOptions;
  readonly scope: AttemptScope;
  readonly watch: WireWatch;
}

/**
 * The SDK's client of one account and Region. A command without middleware of its own takes the SDK's short way, by which
 * a chain of middleware is built once for all commands of a kind: a fifth of what the SDK does for a call. Any other
 * command would leave its middleware in that chain, and gets one of its own.
 */
export class TargetClient {
  readonly sdk: BedrockRuntimeClient;
  #changes = 0;
  /** Kinds of command whose chain the SDK has built. */
  readonly #built = new Set<unknown>();

  /** @param sdk - made with `cacheMiddleware`. */
  constructor(sdk: BedrockRuntimeClient) {
    this.sdk = sdk;
  }

  /** Makes those changes of the caller's middleware that it has not made yet. @param all - all there are, in order. */
  change(all: readonly MiddlewareChange[]): void {
    if (this.#changes === all.length) return;
    for (const change of all.slice(this.#changes)) change(this.sdk.middlewareStack);
    this.#changes = all.length;
  }

  send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    sending: Sending<Input, Output>,
  ): Promise<Output> {
    const { command, input, options, scope, watch } = sending;
    if (isPlain(options, command) && this.#changes === 0) return this.#sendPlain(sending);
    // The SDK forgets its chains when a command takes the long way.
    this.#built.clear();
    return this.sdk.send(copyFor(command, input), watchedOptions(options, scope.signal, watch));
  }

  #sendPlain<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>({
    command,
    input,
    scope,
    watch,
  }: Sending<Input, Output>): Promise<Output> {
    passBy(input, { scope, watch });
    const kind = command.constructor;
    if (!this.#built.has(kind)) {
      this.#built.add(kind);
      return this.#sendFirst(copyFor(command, input));
    }
    const light: BedrockCommand<Input, Output> = Object.create(Object.getPrototypeOf(command));
    return this.sdk.send(Object.assign(light, { input }));
  }

  /** The chain keeps the command it was built for, but is not to keep its prompt. */
  #sendFirst<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    first: BedrockCommand<Input, Output>,
  ): Promise<Output> {
    const sending = this.sdk.send(first);
    const forget = (): void => void Reflect.set(first, "input", {});
    sending.then(forget, forget);
    return sending;
  }
}

/** No middleware of the command's own, and no option but the signal, which the attempt has heard already. */
function isPlain(
  options: SdkSendOptions,
  command: { readonly middlewareStack: { identify(): readonly string[] } },
): boolean {
  for (const name in options) if (name !== "abortSignal") return false;
  return command.middlewareStack.identify().length === 0;
}
