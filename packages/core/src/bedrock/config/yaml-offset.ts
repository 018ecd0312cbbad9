import { isAlias, isMap, isNode, isScalar, isSeq } from "yaml";
import type { Document } from "yaml";
import type { ConfigPath } from "./error.ts";

/** Where a path stands in a text: at an option's name or a list's item; what is missing stands where it should be. */
export function offsetOf(document: Document.Parsed, path: ConfigPath): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    const child = childOf(isAlias(node) ? node.resolve(document) : node, step);
    offset = startOf(child.at) ?? offset;
    node = child.value;
  }
  return offset;
}

interface Child {
  /** What is pointed at. */
  readonly at: unknown;
  readonly value: unknown;
}

function childOf(node: unknown, step: string | number): Child {
  if (isSeq(node)) return { at: node.items[Number(step)], value: node.items[Number(step)] };
  if (!isMap(node)) return { at: undefined, value: undefined };
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return { at: pair?.key, value: pair?.value };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
