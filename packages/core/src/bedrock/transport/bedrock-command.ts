import type { BedrockRuntime, ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-bedrock-runtime";

declare const anyClient: BedrockRuntime;

/** A command of the SDK as its client's `send` takes it. */
export type BedrockCommand<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = Parameters<
  typeof anyClient.send<Input, Output>
>[0];

/** What the SDK's `send` takes beside the command. */
export type SdkSendOptions = NonNullable<Parameters<typeof anyClient.send>[1]>;
