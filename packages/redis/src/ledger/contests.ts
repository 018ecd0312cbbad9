import type { LedgerNews } from "@shardrock/core";
import { agreedMessage, mismatchMessage } from "./ledger-messages.ts";
import type { Members } from "./members.ts";
import type { Pages } from "./pages.ts";

/** Tells once that processes go by different limits, and once that they do not any more. */
export class Contests {
  readonly #pages: Pages;
  readonly #members: Members;
  readonly #tell: (news: LedgerNews) => void;
  #isContested = false;

  constructor(pages: Pages, members: Members, tell: (news: LedgerNews) => void) {
    this.#pages = pages;
    this.#members = members;
    this.#tell = tell;
  }

  look(): void {
    const contested = [...this.#pages.all()].filter(({ learner }) => learner.isContested);
    const isContested = contested.length > 0;
    if (isContested === this.#isContested) return;
    this.#isContested = isContested;
    const message = isContested ? mismatchMessage(contested.map(({ quota }) => quota.key)) : agreedMessage;
    this.#tell({ change: isContested ? "mismatch" : "agreed", processes: this.#members.count, message });
  }
}
