import { MemoryLedger } from "@shardrock/core";
import { ledgerContract } from "./ledger-contract.ts";

ledgerContract("MemoryLedger", (options) => ({ ledger: new MemoryLedger(options) }));
