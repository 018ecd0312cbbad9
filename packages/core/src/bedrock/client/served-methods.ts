import type {
  ApplyGuardrailCommandInput,
  ApplyGuardrailCommandOutput,
  ConverseCommandInput,
  ConverseCommandOutput,
  ConverseStreamCommandInput,
  ConverseStreamCommandOutput,
  CountTokensCommandInput,
  CountTokensCommandOutput,
  InvokeModelCommandInput,
  InvokeModelCommandOutput,
  InvokeModelWithResponseStreamCommandInput,
  InvokeModelWithResponseStreamCommandOutput,
} from "@aws-sdk/client-bedrock-runtime";
import type { SendOptions } from "./call-options.ts";
import type { Served } from "../transport/served-by.ts";

/** A method of `BedrockRuntime` whose result says who served it. */
export interface ServedMethod<Input, Output> {
  (input: Input, options?: SendOptions): Promise<Served<Output>>;
  (input: Input, callback: (error: unknown, data?: Served<Output>) => void): void;
  (input: Input, options: SendOptions, callback: (error: unknown, data?: Served<Output>) => void): void;
}

/** The calls that are routed. */
export interface ServedMethods {
  converse: ServedMethod<ConverseCommandInput, ConverseCommandOutput>;
  converseStream: ServedMethod<ConverseStreamCommandInput, ConverseStreamCommandOutput>;
  invokeModel: ServedMethod<InvokeModelCommandInput, InvokeModelCommandOutput>;
  invokeModelWithResponseStream: ServedMethod<
    InvokeModelWithResponseStreamCommandInput,
    InvokeModelWithResponseStreamCommandOutput
  >;
  countTokens: ServedMethod<CountTokensCommandInput, CountTokensCommandOutput>;
  applyGuardrail: ServedMethod<ApplyGuardrailCommandInput, ApplyGuardrailCommandOutput>;
}
