import * as sdk from "@aws-sdk/client-bedrock-runtime";
import { ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { commandKind, copyFor } from "./command-kind.ts";

const input = { modelId: "sonnet", messages: [] };

const supported: Readonly<Record<string, { readonly api: string; readonly isStream: boolean }>> = {
  Converse: { api: "converse", isStream: false },
  ConverseStream: { api: "converse", isStream: true },
  InvokeModel: { api: "invoke", isStream: false },
  InvokeModelWithResponseStream: { api: "invoke", isStream: true },
  CountTokens: { api: "count", isStream: false },
  ApplyGuardrail: { api: "guardrail", isStream: false },
};

/** Every command the installed SDK has, so that a new one is decided on and not forgotten. */
const commands = Object.entries(sdk).flatMap(([name, type]) =>
  /^[A-Z]\w*Command$/.test(name) && typeof type === "function"
    ? [[name.replace(/Command$/, ""), type as unknown as new (input: object) => ConverseCommand] as const]
    : [],
);

describe("a command", () => {
  it("of the SDK is one of eleven", () => {
    expect(commands.map(([operation]) => operation)).toHaveLength(11);
  });

  it.each(commands.filter(([operation]) => operation in supported))("%s is supported", (operation, type) => {
    expect(commandKind(new type(input))).toEqual({ operation, ...supported[operation] });
  });

  it.each(commands.filter(([operation]) => !(operation in supported)))(
    "%s is refused with the names of those that are supported",
    (operation, type) => {
      expect(() => commandKind(new type(input))).toThrow(
        `${operation}Command is not supported; use ConverseCommand, ConverseStreamCommand, InvokeModelCommand, ` +
          `InvokeModelWithResponseStreamCommand, CountTokensCommand, ApplyGuardrailCommand`,
      );
    },
  );

  it.each([undefined, null, "Converse"])("that is none is refused in words: %s", (nothing) => {
    expect(() => commandKind(nothing as unknown as object)).toThrow("send takes a command, such as a ConverseCommand");
  });

  it("of another copy of the SDK is known by its schema, even in a bundle that renamed its class", () => {
    const renamed = {
      a: class {
        readonly input = input;
      },
    }.a;
    const foreign = Object.assign(new renamed(), { schema: new ConverseStreamCommand(input).schema });

    expect(commandKind(foreign)).toMatchObject({ api: "converse", isStream: true });
  });

  it("of an older SDK, which has no schema, is known by the name of its class", () => {
    const older = {
      ConverseCommand: class ConverseCommand {
        readonly input = input;
      },
    }.ConverseCommand;

    expect(commandKind(new older())).toMatchObject({ api: "converse", isStream: false });
  });

  it("is copied with another input and its own middleware", () => {
    const command = new ConverseCommand(input);
    command.middlewareStack.add((next) => next, { name: "mine" });

    const copy = copyFor(command, { ...input, modelId: "us.anthropic.claude" });
    copy.middlewareStack.add((next) => next, { name: "ours" });

    expect(copy).toBeInstanceOf(ConverseCommand);
    expect(copy.input).toEqual({ ...input, modelId: "us.anthropic.claude" });
    expect(copy.middlewareStack.identify()).toEqual(["mine - initialize", "ours - initialize"]);
    expect(command.input).toBe(input);
    expect(command.middlewareStack.identify()).toEqual(["mine - initialize"]);
  });
});
