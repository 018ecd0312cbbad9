import type { UnplacedId } from "../client/binding.ts";
import { isRecord } from "../config/plain-data.ts";

/**
 * What a body of Responses speaks of that AWS keeps where it was made: in one account and Region, whichever served the
 * call before. Sent elsewhere it would not be found.
 * Source: OpenAI, API reference, "Create a model response" (read 2026-11-22).
 */
export function keptIds(json: Readonly<Record<string, unknown>>): readonly UnplacedId[] {
  const named = names.map((name) => ({ name, id: idOf(json[name]) }));
  const items = Array.isArray(json["input"]) ? json["input"].filter(isItemReference) : [];
  return [...named, ...items.map((item) => ({ name: "item_reference", id: idOf(item) }))].flatMap(({ name, id }) =>
    typeof id === "string" && id !== "" ? [unplaced(name, id)] : [],
  );
}

function idOf(value: unknown): unknown {
  return isRecord(value) ? value["id"] : value;
}

/** The AI SDK sends these in place of what the model said before, unless `store` is false. */
function isItemReference(item: unknown): boolean {
  return isRecord(item) && item["type"] === "item_reference";
}

const names = ["previous_response_id", "conversation", "prompt"] as const;

function unplaced(name: string, id: string): UnplacedId {
  const remedy =
    "send all of it as input (the AI SDK does with store: false), or ask for a model that one account serves in one Region";
  return { what: `${name} ${JSON.stringify(id.slice(0, 256))}`, scope: "account and Region", remedy };
}
