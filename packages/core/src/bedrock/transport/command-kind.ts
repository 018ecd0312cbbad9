import {
  ApplyGuardrailCommand,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { ShardrockError } from "../../errors.ts";
import { isRecord } from "../config/plain-data.ts";

/** What a command asks for: it decides how a call is sized, where it may go and how its answer is measured. */
export interface CommandKind {
  /** The API's name for it, such as `ConverseStream`. */
  readonly operation: string;
  /**
   * `converse`, `invoke`: go to the model's targets, sized by the messages or the body, measured by the usage AWS reports.
   * `count`: CountTokens, to the foundation models behind the model, free. `guardrail`: ApplyGuardrail, to where the
   * guardrail exists; not on any quota we keep a book of.
   */
  readonly api: "converse" | "invoke" | "count" | "guardrail";
  readonly isStream: boolean;
}

const supported = [
  { type: ConverseCommand, kind: { operation: "Converse", api: "converse", isStream: false } },
  { type: ConverseStreamCommand, kind: { operation: "ConverseStream", api: "converse", isStream: true } },
  { type: InvokeModelCommand, kind: { operation: "InvokeModel", api: "invoke", isStream: false } },
  {
    type: InvokeModelWithResponseStreamCommand,
    kind: { operation: "InvokeModelWithResponseStream", api: "invoke", isStream: true },
  },
  { type: CountTokensCommand, kind: { operation: "CountTokens", api: "count", isStream: false } },
  { type: ApplyGuardrailCommand, kind: { operation: "ApplyGuardrail", api: "guardrail", isStream: false } },
] as const;

/**
 * What kind of command it is, also when it comes from another copy of the SDK or a bundle that renamed its classes.
 * @throws {ShardrockError} `command-unsupported` naming those there are.
 */
export function commandKind(command: object): CommandKind {
  if (!isRecord(command))
    throw new ShardrockError("command-unsupported", "send takes a command, such as a ConverseCommand");
  const row =
    supported.find(({ type }) => command instanceof type) ??
    supported.find(({ kind }) => kind.operation === operationOf(command));
  if (row !== undefined) return row.kind;
  const names = supported.map(({ kind }) => `${kind.operation}Command`).join(", ");
  throw new ShardrockError("command-unsupported", `${command.constructor.name} is not supported; use ${names}`);
}

/** The SDK's schema of an operation is a list whose third entry is its name. */
function operationOf(command: object): string {
  const schema: unknown = Reflect.get(command, "schema");
  if (Array.isArray(schema) && typeof schema[2] === "string") return schema[2];
  return command.constructor.name.replace(/Command$/, "");
}

/**
 * The same command with another input. The user's own is not touched: its middleware is cloned, because resolving a
 * command adds to its stack.
 */
export function copyFor<C extends { readonly input: object; readonly middlewareStack: { clone(): unknown } }>(
  command: C,
  input: unknown,
): C {
  const copy: C = Object.create(Object.getPrototypeOf(command));
  return Object.assign(copy, command, { input, middlewareStack: command.middlewareStack.clone() });
}

/** The model a command asks for. @throws {ShardrockError} `request-invalid` when it names none. */
export function modelIdOf({ input }: { readonly input: unknown }): string {
  const modelId = isRecord(input) ? input["modelId"] : undefined;
  if (typeof modelId === "string" && modelId !== "") return modelId;
  throw new ShardrockError("request-invalid", "modelId is missing; it must be a name of a model in the config");
}
