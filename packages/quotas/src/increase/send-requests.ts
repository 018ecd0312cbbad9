import { NotSentError } from "@shardrock/core";
import type { QuotaPlace } from "@shardrock/core";
import { placeKey } from "../reader/place-key.ts";
import type { DeskAnswer, IncreaseDesk } from "./increase-desk.ts";
import type { IncreaseRequest, OpenIncrease } from "./increase-plan.ts";
import { RequestRoom } from "./request-room.ts";

/** What became of one request. */
export type IncreaseResult = { readonly request: IncreaseRequest } & (
  | Extract<DeskAnswer, { readonly kind: "taken" }>
  | Extract<DeskAnswer, { readonly kind: "turned-down" }>
  /** It never left. */
  | { readonly kind: "not-sent"; readonly reason: string; readonly cause?: unknown }
  /** Whether AWS has it is not known: look at the open requests before asking again. */
  | { readonly kind: "unknown"; readonly cause: unknown }
);

export interface Sending {
  readonly desk: IncreaseDesk;
  /** Open when the plan was made. */
  readonly open: readonly OpenIncrease[];
  readonly signal: AbortSignal;
}

/**
 * Sends requests one after another, each at most once, and never one that is open by now. What fails for one of them does
 * not keep the others back. Never rejects.
 */
export async function sendRequests(
  requests: readonly IncreaseRequest[],
  { desk, open, signal }: Sending,
): Promise<readonly IncreaseResult[]> {
  const room = new RequestRoom(open);
  const places = new Map<string, Promise<Unseen | undefined>>();
  const results: IncreaseResult[] = [];
  for (const request of requests) {
    const key = placeKey(request);
    const looked = places.get(key) ?? lookAt(request, { desk, signal, room });
    places.set(key, looked);
    results.push(await sendOne(request, { desk, signal, room, unseen: await looked }));
  }
  return results;
}

interface Counter {
  readonly desk: IncreaseDesk;
  readonly signal: AbortSignal;
  readonly room: RequestRoom;
}

/** Why it could not be seen what is open in a place. */
interface Unseen {
  readonly cause: unknown;
}

/** Counts what is open in a place. */
async function lookAt({ accountId, region }: QuotaPlace, { desk, signal, room }: Counter): Promise<Unseen | undefined> {
  try {
    signal.throwIfAborted();
    for (const each of await desk.open({ accountId, region }, signal)) room.add(each);
    return undefined;
  } catch (cause) {
    return { cause };
  }
}

async function sendOne(
  request: IncreaseRequest,
  { desk, signal, room, unseen }: Counter & { readonly unseen: Unseen | undefined },
): Promise<IncreaseResult> {
  if (signal.aborted) return { request, kind: "not-sent", reason: "sending was called off", cause: signal.reason };
  if (unseen !== undefined) {
    return { request, kind: "not-sent", reason: "what is open there could not be read", ...unseen };
  }
  if (room.isOpen(request)) return { request, kind: "not-sent", reason: "a request for this quota is open by now" };
  const refusal = room.refusal(request);
  if (refusal !== undefined) return { request, kind: "not-sent", reason: refusal };
  const result = await ask(request, desk, signal);
  // A request whose answer got lost may be open, so it counts.
  if (result.kind === "taken" || result.kind === "unknown") room.add(request);
  return result;
}

async function ask(request: IncreaseRequest, desk: IncreaseDesk, signal: AbortSignal): Promise<IncreaseResult> {
  try {
    return { request, ...(await desk.request(request, signal)) };
  } catch (cause) {
    return cause instanceof NotSentError
      ? { request, kind: "not-sent", reason: "it was not sent", cause: cause.cause }
      : { request, kind: "unknown", cause };
  }
}
