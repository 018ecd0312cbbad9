import { textHash } from "../text-hash.ts";
import { administrativeRows } from "./administrative-rows.ts";
import { inferenceRows } from "./inference-rows.ts";
import type { SimulatedQuotaRow } from "./quota-row.ts";

/** Every quota of Bedrock that Service Quotas lists, about 1 100, in no order anybody could use. */
export const bedrockQuotaRows: readonly SimulatedQuotaRow[] = [...inferenceRows, ...administrativeRows].sort(
  (one, other) => textHash(one.code) - textHash(other.code),
);
