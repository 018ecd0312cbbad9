import type { Target } from "../../budget/target.ts";
import { resourceId, type ResourcesConfig } from "../config/resources.ts";
import type { Binding } from "./binding.ts";

/** The config's `resources`: one name for what has another id in each account. */
export class ResourceIds {
  readonly #resources: ResourcesConfig;

  constructor(resources: ResourcesConfig) {
    this.#resources = resources;
  }

  has(name: string): boolean {
    return this.#resources.has(name);
  }

  /** Everywhere a resource has an id. @param what - its kind in a word, for messages. */
  binding(name: string, what: string): Binding {
    const places = (this.#resources.get(name) ?? []).map(({ account, region }) => ({ accountId: account, region }));
    return { by: `${what} ${name} of resources`, places };
  }

  /** The id of a resource where a call goes; undefined where it has none. */
  idAt(name: string, place: Pick<Target, "accountId" | "region">): string | undefined {
    return resourceId(this.#resources.get(name) ?? [], place);
  }
}
