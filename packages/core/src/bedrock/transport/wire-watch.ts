import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { HttpResponse } from "@smithy/types";
import type { SdkSendOptions } from "./bedrock-command.ts";
import type { CommandKind } from "./command-kind.ts";
import { abortErrorOf } from "./abort-error.ts";
import { checkedAnswer } from "./answer-check.ts";
import type { AttemptScope } from "./attempt-scope.ts";
import type { AttemptSignal } from "./attempt-signal.ts";
import type { RequestHandler } from "./target-clients.ts";

/** Among the SDK's options for one request; a symbol of ours, which no header or option of the SDK can meet. */
const watchKey: unique symbol = Symbol("shardrock.wire");

/** What was seen of one request on its way, at the last place before the network. */
export class WireWatch {
  /** It was handed to the handler: from here on AWS may have it. */
  isSent = false;
  /** Of the answer; undefined until it comes. */
  status: number | undefined;
  /** Of the answer, names in lower case as Node gives them; empty until it comes. */
  headers: Readonly<Record<string, unknown>> = noHeaders;
  readonly #kind: CommandKind;

  constructor(kind: CommandKind) {
    this.#kind = kind;
  }

  /** The answer as it came, when it can be one. @throws {ShardrockError} `response-invalid` when it cannot. */
  receive(answer: Answer): Answer | Promise<Answer> {
    const { response } = answer;
    this.status = response.statusCode;
    this.headers = response.headers;
    // What refuses is read by the SDK, which knows the errors.
    return response.statusCode >= 300 ? answer : checkedAnswer(answer, this.#kind);
  }

  /** One header of the answer. */
  header(name: string): string | undefined {
    const value = this.headers[name];
    return typeof value === "string" ? value : undefined;
  }
}

const noHeaders: Readonly<Record<string, unknown>> = Object.freeze({});

export interface Answer {
  readonly response: HttpResponse;
}

/** Options for the SDK's `send` by which the watched handler knows the watch of the request. */
export function watchedOptions(options: SdkSendOptions, signal: AbortSignal, watch: WireWatch): SdkSendOptions {
  const watched: SdkSendOptions & { readonly [watchKey]: WireWatch } = {
    ...options,
    abortSignal: signal,
    [watchKey]: watch,
  };
  return watched;
}

/** What one request is accompanied by on its way through the SDK. */
export interface Passage {
  readonly scope: AttemptScope;
  readonly watch: WireWatch;
}

/** By the input of a command, then by the request made of it. */
const passages = new WeakMap<object, Passage>();

/** Lets the SDK carry a passage without options, by the very object that is the command's input. */
export function passBy(input: object, passage: Passage): void {
  passages.set(input, passage);
}

interface Stack {
  add(
    middleware: <Args, Result>(next: (args: Args) => Promise<Result>) => (args: Args) => Promise<Result>,
    options: { readonly step: "deserialize"; readonly priority: "low"; readonly name: string },
  ): void;
}

/** Hands a passage on from the input to the request, at the last place where both are known. */
export function carryPassages(stack: Stack): void {
  const carry =
    <Args, Result>(next: (args: Args) => Promise<Result>) =>
    (args: Args): Promise<Result> => {
      const { input, request } = isCarried(args) ? args : {};
      const passage = input && passages.get(input);
      if (passage !== undefined && request !== undefined) passages.set(request, passage);
      return next(args);
    };
  stack.add(carry, { step: "deserialize", priority: "low", name: "shardrockPassage" });
}

function isCarried(args: unknown): args is { readonly input?: object; readonly request?: object } {
  return typeof args === "object" && args !== null;
}

/**
 * The same handler, which shows each request and its raw answer to the watch it was sent with. Cheaper than a
 * middleware, which the SDK would sort into place anew for every request, and later than every middleware.
 */
export function watchedHandler(handler: RequestHandler): RequestHandler {
  const takesAttemptSignals = handler instanceof NodeHttpHandler;
  return {
    ...(handler.metadata !== undefined && { metadata: handler.metadata }),
    handle(request: Parameters<RequestHandler["handle"]>[0], options: HandlerOptions = {}) {
      const passage = passages.get(request);
      const watch: unknown = passage?.watch ?? Reflect.get(options, watchKey);
      if (!(watch instanceof WireWatch)) return handler.handle(request, options);
      const heard =
        passage === undefined ? options : { ...options, abortSignal: signalOf(passage.scope, takesAttemptSignals) };
      // It was given up while the SDK prepared it.
      if (heard.abortSignal?.aborted === true) return Promise.reject(abortErrorOf(undefined));
      watch.isSent = true;
      return handler.handle(request, heard).then((answer) => watch.receive(answer));
    },
  };
}

type HandlerOptions = NonNullable<Parameters<RequestHandler["handle"]>[1]>;

function signalOf(scope: AttemptScope, takesAttemptSignals: boolean): AttemptSignal | AbortSignal {
  return takesAttemptSignals ? scope.attemptSignal : scope.signal;
}
