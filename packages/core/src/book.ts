/**
 * What a ledger is made of, for one that keeps its book elsewhere: what is learned of a quota and how it is handed on, and the
 * arithmetic of arrival times and windows. Who only calls models needs nothing of it.
 */
export { arrivalUs, spareUs } from "./budget/arrival.ts";
export { DayBook } from "./budget/day-book.ts";
export { noAges, type Ages, type Evidence } from "./budget/evidence.ts";
export type { Gate, LearnedState } from "./budget/gate.ts";
export { firstHalf, nextRollUs, oldestStartUs, type PhaseArc } from "./budget/phase-arc.ts";
export { leftOf } from "./budget/limits.ts";
export { units, unitsAt } from "./budget/quota.ts";
export { QuotaLearner, type Place, type Sight } from "./budget/quota-learner.ts";
export type { QuotaRecord } from "./budget/quota-record.ts";
export { snapshotOf, type Counts } from "./budget/quota-snapshot.ts";
export { SettledUnits } from "./budget/settled-units.ts";
export { ringSlots, WindowRing } from "./budget/window-ring.ts";
export { readQuotaRecord, type ReadRecord, type UnreadableRecord } from "./book/read-quota-record.ts";
