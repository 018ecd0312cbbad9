import type { LedgerSource } from "@shardrock/core";

/** The shared book of the fleet, on the store at a port. */
export function openSource(_port: number): LedgerSource {
  throw new Error("not there yet");
}
