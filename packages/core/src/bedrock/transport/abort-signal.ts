import type { SdkSendOptions } from "./bedrock-command.ts";

/** The platform's signal for whatever the SDK takes as one: it also knows an older kind with a single `onabort`. */
export function platformSignal(signal: SdkSendOptions["abortSignal"]): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  if (signal instanceof AbortSignal) return signal;
  const controller = new AbortController();
  if (signal.aborted) controller.abort();
  else Reflect.set(signal, "onabort", () => controller.abort()); // it can tell one listener only
  return controller.signal;
}
