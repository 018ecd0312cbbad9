import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { MiddlewareChange } from "./target-client.ts";

/** What changes a stack; `use` is not among them because plugins call these. */
const changes = ["add", "addRelativeTo", "remove", "removeByTag"] as const;

/**
 * Makes every change to one client's middleware a change to others' too.
 * @param tell - called with each change, in order, once it was made here without an error.
 */
export function relayMiddleware(
  stack: BedrockRuntimeClient["middlewareStack"],
  tell: (change: MiddlewareChange) => void,
): void {
  for (const name of changes) {
    const own = stack[name];
    const relayed = (...args: readonly unknown[]): unknown => {
      const result: unknown = Reflect.apply(own, stack, args);
      tell((other) => void Reflect.apply(other[name], other, args));
      return result;
    };
    Reflect.set(stack, name, relayed);
  }
}
