import type { Clock, Random } from "@shardrock/core";
import type { BookStore, PageView, Standing } from "../store/book-store.ts";
import type { Copies } from "./copies.ts";
import type { Days } from "./days.ts";
import type { Seen } from "./mirror-page.ts";
import type { TellMishap } from "./mishap.ts";
import type { Pages } from "./pages.ts";
import type { Reach } from "./reach.ts";
import type { Settled } from "./settled.ts";
import type { StoreClock } from "./store-clock.ts";

/** What the parts of a shared ledger have in common. */
export interface SharedBook {
  readonly store: BookStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly time: StoreClock;
  readonly reach: Reach;
  readonly pages: Pages;
  readonly copies: Copies;
  readonly days: Days;
  readonly settled: Settled;
  /** An answer came. */
  saw(standing: Standing): void;
  /** How pages stood in an answer. @param seenOf - what else it says of a page. */
  see(views: ReadonlyMap<string, PageView>, seenOf: (key: string) => Seen): void;
  /** The store cannot do something that no call waits for. */
  readonly tellMishap: TellMishap;
  /** Something can start earlier than quotes said. */
  gaveBack(): void;
}
