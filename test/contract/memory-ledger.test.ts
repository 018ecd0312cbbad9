import { MemoryLedger } from "@shardrock/core";
import { dayQuotaContract } from "./day-quota-contract.ts";
import { ledgerContract } from "./ledger-contract.ts";
import type { OpenLedger } from "./ledger-world.ts";

const open: OpenLedger = (options) => new MemoryLedger(options);

ledgerContract("MemoryLedger", open);
dayQuotaContract("MemoryLedger", open);
