import type { AttemptNumber, HealthAttempt, Target } from "@shardrock/core";
import type { Watched } from "./ejection.ts";
import { capacityScope } from "./scopes.ts";

/** What is ejected: a target, or a model in a Region. */
export type WatchedScope = "ejection" | "region-ejection";

type Place = Omit<Watched, "attemptId">;
type Places = Readonly<Record<WatchedScope, Place>>;

/** Says where attempts are, for what is seen of them; texts are put together once for each target and operation. */
export class WatchedPlaces {
  readonly #places = new WeakMap<Target, Map<string, Places>>();

  of({ target, operation = "" }: HealthAttempt): Places {
    const known = this.#places.get(target)?.get(operation);
    if (known !== undefined) return known;
    const kind = `${target.endpoint}/${target.modelId} ${operation}`;
    const places = {
      ejection: { part: target.id, kind, scope: target.id },
      "region-ejection": { part: target.id, kind, scope: capacityScope(target) },
    };
    const ofTarget = this.#places.get(target) ?? new Map<string, Places>();
    this.#places.set(target, ofTarget.set(operation, places));
    return places;
  }

  watched(attempt: HealthAttempt, kind: WatchedScope, attemptId: string = idOf(attempt)): Watched {
    const { part, kind: served, scope } = this.of(attempt)[kind];
    return { attemptId, part, kind: served, scope };
  }
}

/** One call may have two attempts under way. */
export function idOf({ callId, attempt }: AttemptNumber): string {
  return `${callId}/${attempt}`;
}
