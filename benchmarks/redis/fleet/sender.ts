import type { WorkCall } from "../../ceiling/stream.ts";
import type { Place } from "./scene.ts";

/** Serves a call at the simulated AWS, or rejects with `Throttled`. */
export type CallAws = (call: WorkCall, place: Pick<Place, "accountId" | "region" | "modelId">) => Promise<void>;

/** Sends calls; disposing it lets the store go. */
export interface Sender extends AsyncDisposable {
  /** @throws {NoRoom} when there is none in time. */
  send(call: WorkCall): Promise<void>;
}

/** There was no room in time. */
export class NoRoom extends Error {
  override readonly name = "NoRoom";
}

/** AWS refused a call; looks as the SDK's error does. */
export class Throttled extends Error {
  override readonly name = "ThrottlingException";
  readonly $metadata = { httpStatusCode: 429 };

  constructor() {
    super("Too many tokens, please wait before trying again.");
  }
}

/** What a call holds as far as a client can know: input and max_tokens. */
export function heldTokens({ hold }: WorkCall): number {
  return hold.tokens ?? 0;
}

/** What it took. */
export function takenTokens({ actual }: WorkCall): number {
  return actual.tokens ?? 0;
}
