import type { Reservation, Target } from "@shardrock/core";

/** A reservation at a target that is charged to no quota: nothing is booked, so nothing ends. */
export class FreeReservation implements Reservation {
  readonly kind = "reserved";
  readonly target: Target;

  constructor(target: Target) {
    this.target = target;
  }

  settle(): void {}
  release(): void {}
  keep(): void {}
  throttled(): void {}
}
