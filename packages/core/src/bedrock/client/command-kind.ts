import {
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { ShardrockError } from "../../errors.ts";
import { isRecord } from "../config/plain-data.ts";

/** How a command is measured. */
export interface CommandKind {
  readonly api: "converse" | "invoke";
  readonly isStream: boolean;
}

const supported = [
  { type: ConverseCommand, operation: "Converse", kind: { api: "converse", isStream: false } },
  { type: ConverseStreamCommand, operation: "ConverseStream", kind: { api: "converse", isStream: true } },
  { type: InvokeModelCommand, operation: "InvokeModel", kind: { api: "invoke", isStream: false } },
  {
    type: InvokeModelWithResponseStreamCommand,
    operation: "InvokeModelWithResponseStream",
    kind: { api: "invoke", isStream: true },
  },
] as const;

/**
 * What kind of command it is, also when it comes from another copy of the SDK or a bundle that renamed its classes.
 * @throws {ShardrockError} `command-unsupported` naming those there are.
 */
export function commandKind(command: object): CommandKind {
  const row =
    supported.find(({ type }) => command instanceof type) ??
    supported.find(({ operation }) => operation === operationOf(command));
  if (row !== undefined) return row.kind;
  const names = supported.map(({ operation }) => `${operation}Command`).join(", ");
  throw new ShardrockError("command-unsupported", `${command.constructor.name} is not supported; use ${names}`);
}

/** The SDK's schema of an operation is a list whose third entry is its name. */
function operationOf(command: object): string {
  const schema: unknown = Reflect.get(command, "schema");
  if (Array.isArray(schema) && typeof schema[2] === "string") return schema[2];
  return command.constructor.name.replace(/Command$/, "");
}

/**
 * The same command for another model id. The user's own is not touched: its input is copied one level deep, its
 * middleware is cloned, because resolving a command adds to its stack.
 */
export function copyFor<C extends { readonly input: object; readonly middlewareStack: { clone(): unknown } }>(
  command: C,
  modelId: string,
): C {
  const copy: C = Object.create(Object.getPrototypeOf(command));
  return Object.assign(copy, command, {
    input: { ...command.input, modelId },
    middlewareStack: command.middlewareStack.clone(),
  });
}

/** The model a command asks for. @throws {ShardrockError} `request-invalid` when it names none. */
export function modelIdOf({ input }: { readonly input: unknown }): string {
  const modelId = isRecord(input) ? input["modelId"] : undefined;
  if (typeof modelId === "string" && modelId !== "") return modelId;
  throw new ShardrockError("request-invalid", "modelId is missing; it must be a name of a model in the config");
}
