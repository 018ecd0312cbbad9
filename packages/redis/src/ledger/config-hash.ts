import { createHash } from "node:crypto";
import type { Limits } from "@shardrock/core";

/** Names the limits of some quotas: the same in every process that was told the same. */
export function configHashOf(keys: Iterable<string>, limits: Limits): string {
  const lines = [...keys].sort().map((key) => {
    const limit = limits.get(key);
    return `${key} ${limit?.published ?? "none"} ${limit?.most ?? "all"}`;
  });
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}
