import { type LedgerNews, MemoryLedger, type OpenedLedger, systemClock } from "@shardrock/core";
import { cappedLimits } from "./scene.ts";

export interface BookOptions {
  readonly port: number;
  readonly realm: string;
  readonly tell: (news: LedgerNews) => void;
}

/** Opens the shared book of a realm, as one process does. */
export function openBook(_options: BookOptions): OpenedLedger {
  const ledger = new MemoryLedger({ limits: cappedLimits(), clock: systemClock });
  const bond = {
    tell: () => undefined,
    onNews: () => ({ [Symbol.dispose]: () => undefined }),
    claim: () => Promise.resolve(true),
    giveUp: () => undefined,
  };
  return { ledger, bond, [Symbol.asyncDispose]: () => Promise.resolve() };
}
