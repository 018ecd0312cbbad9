import type { Quota } from "@shardrock/core";
import { MirrorPage } from "./mirror-page.ts";
import { PageLearner, type PageLearnerHost } from "./page-learner.ts";

/** What a process has of one minute quota of the shared book. */
export class Page {
  readonly quota: Quota;
  readonly mirror: MirrorPage;
  readonly learner: PageLearner;
  /** Whether the store was asked to have it. */
  isOpen = false;
  /** When a call asked for its ring last. */
  ringAtUs: number = Number.NEGATIVE_INFINITY;
  /** Whether something was booked since the last beat. */
  isUsed = false;

  constructor(quota: Quota, host: PageLearnerHost) {
    this.quota = quota;
    this.mirror = new MirrorPage(quota);
    this.learner = new PageLearner(quota, host);
  }

  /** What is learned has changed, or time has passed: the mirror goes by the gate there is now. */
  keepGate(): void {
    this.mirror.keep(this.learner.gate);
  }

  /** The store has lost it. */
  lose(): void {
    this.isOpen = false;
    this.mirror.forget();
    this.learner.lose();
  }
}
