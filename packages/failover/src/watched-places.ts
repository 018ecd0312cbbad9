import type { AttemptNumber, HealthAttempt, Target } from "@shardrock/core";
import { Watched, type WatchedPlace } from "./watched.ts";
import type { Chained } from "./attempts-under-way.ts";
import { capacityScope } from "./scopes.ts";

/** What is ejected: a target, or a model in a Region. */
export type WatchedScope = "ejection" | "region-ejection";

type Places = Readonly<Record<WatchedScope, WatchedPlace>>;

/** An attempt under way, as both ejections see it. */
export class WatchedAttempt implements Chained {
  readonly callId: number;
  readonly attempt: number;
  /** On the clock's `monotonicMs`: when it began. */
  readonly startedMs: number;
  readonly ejection: Watched;
  readonly "region-ejection": Watched;
  nextInTable: this | undefined = undefined;

  constructor({ callId, attempt }: AttemptNumber, places: Places, startedMs: number) {
    this.callId = callId;
    this.attempt = attempt;
    this.startedMs = startedMs;
    this.ejection = new Watched(this, places.ejection);
    this["region-ejection"] = new Watched(this, places["region-ejection"]);
  }
}

/** Says where attempts are, for what is seen of them; texts are put together once for each target and operation. */
export class WatchedPlaces {
  readonly #places = new WeakMap<Target, Map<string, Places>>();

  watched(attempt: HealthAttempt, startedMs: number): WatchedAttempt {
    return new WatchedAttempt(attempt, this.#placesOf(attempt), startedMs);
  }

  #placesOf({ target, operation = "" }: HealthAttempt): Places {
    return this.#places.get(target)?.get(operation) ?? this.#open(target, operation);
  }

  #open(target: Target, operation: string): Places {
    const kind = `${target.endpoint}/${target.modelId} ${operation}`;
    const places = {
      ejection: { part: target.id, kind, scope: target.id },
      "region-ejection": { part: target.id, kind, scope: capacityScope(target) },
    };
    const ofTarget = this.#places.get(target) ?? new Map<string, Places>();
    this.#places.set(target, ofTarget.set(operation, places));
    return places;
  }
}
