import type { Fleet } from "../fleet/served-model.ts";

/** What is made of the fleet in force, made anew when it is asked for after another one came. */
export class PerFleet<T> {
  readonly #live: { readonly fleet: Fleet };
  readonly #make: () => T;
  #fleet: Fleet | undefined;
  #made: T | undefined;

  constructor(live: { readonly fleet: Fleet }, make: () => T) {
    this.#live = live;
    this.#make = make;
  }

  get current(): T {
    const { fleet } = this.#live;
    if (this.#made !== undefined && this.#fleet === fleet) return this.#made;
    this.#fleet = fleet;
    this.#made = this.#make();
    return this.#made;
  }
}
