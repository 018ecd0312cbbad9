import type { UnplacedId } from "../client/binding.ts";
import { isRecord } from "../config/plain-data.ts";

/**
 * What a body of Responses speaks of that AWS keeps where it was made: in one account and Region, whichever served the
 * call before. Sent elsewhere it would not be found.
 * Source: OpenAI, API reference, "Create a model response" (read 2026-11-22).
 */
export function keptIds(json: Readonly<Record<string, unknown>>): readonly UnplacedId[] {
  return names.flatMap((name) => {
    const value = json[name];
    const id = isRecord(value) ? value["id"] : value;
    return typeof id === "string" && id !== "" ? [unplaced(name, id)] : [];
  });
}

const names = ["previous_response_id", "conversation", "prompt"] as const;

function unplaced(name: string, id: string): UnplacedId {
  const remedy = "send all of it as input, or ask for a model that one account serves in one Region";
  return { what: `${name} ${JSON.stringify(id.slice(0, 256))}`, scope: "account and Region", remedy };
}
