import { setMaxListeners } from "node:events";

/** One signal may serve a thousand calls at once, which is no leak: each stops listening when it ends. */
export function withoutListenerLimit(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
