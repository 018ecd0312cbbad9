import { MemoryLedger } from "@shardrock/core";
import { bookLaw } from "./book-law.ts";

bookLaw("MemoryLedger", (options) => ({ ledger: new MemoryLedger(options) }));
