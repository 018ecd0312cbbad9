import type { Target } from "../../budget/target.ts";
import { isRecord } from "../config/plain-data.ts";
import type { Config } from "../config/shardrock-config.ts";
import type { Binding, Place } from "./binding.ts";
import { placeOfArn } from "./resource-arn.ts";

/** The id one account, or one Region of it, has for a named resource. */
export interface ResourceId {
  readonly account: string;
  readonly region?: string | undefined;
  readonly id: string;
}

/** What the config's `resources` say: one name for what has another id in each account. */
export class ResourceIds {
  readonly #byName: ReadonlyMap<string, readonly PlacedId[]>;

  constructor(config: Config) {
    this.#byName = new Map(resourcesOf(config).map(([name, ids]) => [name, ids.map(placed)]));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Everywhere a resource has an id. */
  binding(name: string, what: string): Binding {
    return { by: `${what} ${name} of resources`, places: this.#byName.get(name) ?? [] };
  }

  /** The id of a resource where a call goes, the Region's own first; undefined where it has none. */
  idAt(name: string, { accountId, region }: Pick<Target, "accountId" | "region">): string | undefined {
    const ids = this.#byName.get(name)?.filter((id) => id.accountId === accountId) ?? [];
    return (ids.find((id) => id.region === region) ?? ids.find((id) => id.region === undefined))?.id;
  }
}

interface PlacedId extends Place {
  readonly id: string;
}

/** An ARN says its Region itself. */
function placed({ account, region, id }: ResourceId): PlacedId {
  return { accountId: account, region: region ?? placeOfArn(id)?.region, id };
}

function resourcesOf(config: Config): readonly (readonly [string, readonly ResourceId[]])[] {
  const resources: unknown = Reflect.get(config, "resources");
  const entries: readonly (readonly [string, unknown])[] =
    resources instanceof Map ? [...resources] : isRecord(resources) ? Object.entries(resources) : [];
  return entries.flatMap(([name, ids]) => (isResourceIds(ids) ? [[name, ids] as const] : []));
}

function isResourceIds(ids: unknown): ids is readonly ResourceId[] {
  return Array.isArray(ids);
}
