import { ShardrockError } from "@shardrock/core";

/** What was typed cannot be used: the command ends with 2, and its help line is shown. */
export class UsageError extends ShardrockError {
  override readonly name = "UsageError";

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super("option-invalid", message, options);
  }
}
