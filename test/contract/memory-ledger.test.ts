import { MemoryLedger } from "@shardrock/core";
import { ledgerContract } from "./ledger-contract.ts";

ledgerContract("MemoryLedger", (options) => new MemoryLedger(options));
