import { bookContract } from "./book-contract.ts";
import { bookedAheadContract } from "./booked-ahead-contract.ts";
import { dayQuotaContract } from "./day-quota-contract.ts";
import { learningContract } from "./learning-contract.ts";
import { exact, type OpenLedger, type Tolerance } from "./ledger-world.ts";

/** What every ledger promises. */
export function ledgerContract(name: string, open: OpenLedger, tolerance: Tolerance = exact): void {
  bookContract(name, open, tolerance);
  bookedAheadContract(name, open, tolerance);
  learningContract(name, open, tolerance);
  dayQuotaContract(name, open, tolerance);
}
