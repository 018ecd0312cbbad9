import {
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { commandKind, copyFor } from "./command-kind.ts";

const input = { modelId: "sonnet", messages: [] };

describe("a command", () => {
  it.each([
    [new ConverseCommand(input), { api: "converse", isStream: false }],
    [new ConverseStreamCommand(input), { api: "converse", isStream: true }],
    [new InvokeModelCommand(input), { api: "invoke", isStream: false }],
    [new InvokeModelWithResponseStreamCommand(input), { api: "invoke", isStream: true }],
  ])("is known by its class", (command, kind) => {
    expect(commandKind(command)).toEqual(kind);
  });

  it("of another copy of the SDK is known by its schema, even in a bundle that renamed its class", () => {
    const renamed = {
      a: class {
        readonly input = input;
      },
    }.a;
    const foreign = Object.assign(new renamed(), { schema: new ConverseStreamCommand(input).schema });

    expect(commandKind(foreign)).toEqual({ api: "converse", isStream: true });
  });

  it("of an older SDK, which has no schema, is known by the name of its class", () => {
    const older = {
      ConverseCommand: class ConverseCommand {
        readonly input = input;
      },
    }.ConverseCommand;

    expect(commandKind(new older())).toEqual({ api: "converse", isStream: false });
  });

  it("that is not supported is named, with those that are", () => {
    expect(() =>
      commandKind(new CountTokensCommand({ modelId: "m", input: { invokeModel: { body: new Uint8Array() } } })),
    ).toThrow(
      "CountTokensCommand is not supported; use ConverseCommand, ConverseStreamCommand, InvokeModelCommand, InvokeModelWithResponseStreamCommand",
    );
  });

  it("is copied with another model id and its own middleware", () => {
    const command = new ConverseCommand(input);
    command.middlewareStack.add((next) => next, { name: "mine" });

    const copy = copyFor(command, "us.anthropic.claude");
    copy.middlewareStack.add((next) => next, { name: "ours" });

    expect(copy).toBeInstanceOf(ConverseCommand);
    expect(copy.input).toEqual({ ...input, modelId: "us.anthropic.claude" });
    expect(copy.middlewareStack.identify()).toEqual(["mine - initialize", "ours - initialize"]);
    expect(command.input).toBe(input);
    expect(command.middlewareStack.identify()).toEqual(["mine - initialize"]);
  });
});
