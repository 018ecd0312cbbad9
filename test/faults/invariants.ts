import { type AttemptEnd, type CallEnd, ShardrockError } from "@shardrock/core";
import { promptCanary } from "./fault-kinds.ts";
import { timeouts } from "./faulty-aws.ts";
import { GaveUp } from "./gave-up.ts";
import { mayGo } from "./may-go.ts";
import { kindOf, retriesOf, verdictOf, wasOutrun, withinRetryBudget } from "./retries.ts";
import type { Subject } from "./subject.ts";
import { isCharged, standsAt } from "./watched-ledger.ts";
import { type AttemptTruth, type Booking, type CallTruth, type Trace } from "./world.ts";

/** What a run broke of the ten invariants, as `I4: …`; nothing is well. */
export function violations(trace: Trace, subject: Subject): readonly string[] {
  const checks = [
    () => trace.calls.flatMap((call) => ofCall(call, trace, subject)),
    () => trace.calls.flatMap((call) => keepsPromisesTo(call, subject)),
    () => withinRetryBudget(trace, subject),
    () => withinHedgeBudget(trace, subject),
    () => trace.bookings.flatMap(ofBooking),
    () => trace.calls.flatMap((call) => bookedAsAwsDid(call, trace)),
    () => [...new Set(trace.beliefs.map(({ key }) => key))].flatMap((key) => withinLaw(key, trace)),
    () => saysNothingSecret(trace),
    () => inOrder(trace),
    () => trace.calls.flatMap((call) => wasAudited(call, trace)),
  ];
  return [...trace.complaints, ...checks.flatMap((check) => check())];
}

/** Time that rounding and promises may take, in ms. */
const slackMs = 50;

function ofCall(
  { callId, attempts, planned, end, endings, atMs }: CallTruth,
  trace: Trace,
  subject: Subject,
): string[] {
  const found: string[] = [];
  const say = (what: string): void => void found.push(`${what} (call ${callId})`);
  for (const { target } of attempts)
    if (!mayGo(target, planned, trace.plan)) say(`I1: sent to ${target.id}, which it may not`);
  if (end === undefined) say("I3: never ended");
  if (endings > 1) say(`I3: ended ${endings} times`);
  if (end !== undefined) {
    const mostMs =
      planned.maxWaitMs +
      attempts.length * (timeouts.totalMs + timeouts.credentialsMs + timeouts.idleMs) +
      trace.stalledMs;
    if (end.atMs - atMs > mostMs + slackMs) say(`I3: took ${end.atMs - atMs} ms, ${mostMs} at most`);
    if (!end.isOk && !isTyped(end.error)) say(`I3: failed with ${String(end.error)}`);
  }
  const delivered = attempts.flatMap(({ deliveredOrder }) => deliveredOrder ?? []);
  if (delivered.length > 1) say(`I5: content of ${delivered.length} attempts was handed out`);
  if (attempts.some(({ order }) => delivered.some((each) => order > each)))
    say("I5: tried again after content had been handed out");
  const rest = [...retriesOf(attempts, subject), ...hedgesOf(attempts, subject)];
  return found.concat(rest.map((what) => `${what} (call ${callId})`));
}

/** Errors of ours, of AWS or of the network, and what the caller said itself. */
function isTyped(error: unknown): boolean {
  if (error instanceof ShardrockError || error instanceof GaveUp) return true;
  return error instanceof Error && (names.has(error.name) || "code" in error || "$metadata" in error);
}

const names = new Set(["AbortError", "ThrottlingException", "ValidationException"]);

/** Attempts of the call that were under way when this one began. */
function besides(attempt: AttemptTruth, attempts: readonly AttemptTruth[]): readonly AttemptTruth[] {
  return attempts.filter(
    ({ order, failedOrder = Number.POSITIVE_INFINITY }) => order < attempt.order && failedOrder > attempt.order,
  );
}

/** A second attempt goes beside the first only where it is wanted, and to another account. */
function hedgesOf(attempts: readonly AttemptTruth[], { hedges }: Subject): string[] {
  return attempts.flatMap((attempt) => {
    const others = besides(attempt, attempts);
    if (
      wasOutrun(attempt) &&
      others.length === 0 &&
      !attempts.some((each) => besides(each, attempts).includes(attempt))
    )
      return ["I4: outrun by nobody"];
    if (others.length === 0) return [];
    if (hedges === undefined) return ["I4: two attempts at once, where nothing is hedged"];
    if (others.length > 1) return [`I4: ${others.length + 1} attempts at once`];
    const isElsewhere = others.every(({ target }) => target.accountId !== attempt.target.accountId);
    return isElsewhere ? [] : [`I4: hedged within ${attempt.target.accountId}`];
  });
}

/** What AWS did not process is not the caller's fault while there is somewhere else to go. */
function keepsPromisesTo({ callId, attempts, end, untried, planned }: CallTruth, { owesAfter }: Subject): string[] {
  const last = attempts.at(-1);
  if (end === undefined || end.isOk || last === undefined || planned.isInvalid) return [];
  const wasRefused = end.error instanceof ShardrockError && end.error.code === "no-capacity";
  const isOwed = [last, ...besides(last, attempts)].every(
    (each) => each.deliveredOrder === undefined && !wasOutrun(each) && owesAfter.has(kindOf(each) ?? ""),
  );
  if (wasRefused || end.error instanceof GaveUp || !isOwed) return [];
  if (end.error instanceof Error && end.error.name === "AbortError") return [];
  const lost = attempts
    .filter(({ fault }) => ofAccounts.has(verdictOf(fault) ?? ""))
    .map(({ target }) => target.accountId);
  const left = untried.filter((id) => !lost.some((accountId) => id.startsWith(`${accountId}/`)));
  return left.length === 0 ? [] : [`I3: gave up after ${last.fault} with ${left.join(", ")} left (call ${callId})`];
}

/** A call that an account failed need not come back to it. */
const ofAccounts: ReadonlySet<string> = new Set(["account-failed", "session-refused"]);

function withinHedgeBudget({ calls, plan, stalledMs }: Trace, { hedges }: Subject): string[] {
  if (hedges === undefined) return [];
  const made = calls.flatMap(({ attempts }) => attempts.filter((attempt) => besides(attempt, attempts).length > 0));
  const most = hedges.floor * (Math.ceil((plan.lengthMs + stalledMs) / 10_000) + 12) + hedges.share * calls.length;
  return made.length > most ? [`I4: ${made.length} hedges, ${most} allowed`] : [];
}

function ofBooking({ endings, target, atMs }: Booking): string[] {
  if (endings.length === 1) return [];
  return [`I6: a booking at ${target.id} (at ${atMs}) ended ${endings.length} times`];
}

/** Only what AWS surely did not take comes back; what was not sent does; a throttle is told to the book as one. */
function bookedAsAwsDid({ callId, attempts, cost, end, planned }: CallTruth, { bookings }: Trace): string[] {
  const own = new Set(bookings.filter((booking) => booking.cost === cost));
  return attempts.flatMap((truth) => {
    const booking = bookingOf(truth, own);
    if (booking !== undefined) own.delete(booking);
    const where = `(call ${callId}, attempt ${truth.attempt}: ${truth.fault})`;
    if (booking === undefined) return [`I2: sent without a booking ${where}`];
    const [ending] = booking.endings;
    if (ending === undefined) return [];
    const { kind, actual } = ending;
    if (kind === "release" && truth.wasTaken) return [`I2: what AWS took was given back ${where}`];
    if (kind === "release" && truth.wasThrottled) return [`I2: a throttled hold was given back ${where}`];
    if (
      kind === "throttled" &&
      !truth.wasThrottled &&
      truth.fault !== "throttled-though-processed" &&
      truth.fault !== "quota-exceeded"
    ) {
      return [`I2: the book was told of a throttle that was none ${where}`];
    }
    const isKnown = truth.fault !== "usage-unreadable" && planned.leavesAfterMs === undefined;
    if (kind === "keep" && end?.isOk === true && truth.deliveredOrder !== undefined && isKnown) {
      return [`I6: what AWS said it used was forgotten ${where}`];
    }
    // What is broken off may be on its way: nobody waits to hear that it was not.
    if (kind !== "release" && !truth.wasSent && !truth.wasStopped)
      return [`I6: what was not sent was not given back ${where}`];
    if (kind === "settle" && actual?.tokens !== truth.reported?.tokens && !Number.isNaN(actual?.tokens)) {
      return [`I6: settled for ${actual?.tokens}, AWS said ${truth.reported?.tokens} ${where}`];
    }
    return [];
  });
}

/** Bookings may be given back before anything is sent, so it is the one that was open while the attempt ran. */
function bookingOf({ target, atMs }: AttemptTruth, own: ReadonlySet<Booking>): Booking | undefined {
  const open = [...own].filter((booking) => {
    const [end] = booking.endings;
    return booking.target.id === target.id && booking.atMs <= atMs && (end === undefined || end.atMs >= atMs);
  });
  return open.toSorted((one, other) => endOf(one) - endOf(other)).at(-1);
}

function endOf({ endings: [end] }: Booking): number {
  return end?.order ?? Number.POSITIVE_INFINITY;
}

/** Bookings less what was given back, in any interval: burst or the largest, rate × length, shortfalls. */
function withinLaw(key: string, { bookings, beliefs }: Trace): string[] {
  const unit = key.endsWith("/requests") ? "requests" : "tokens";
  const own = beliefs.filter((belief) => belief.key === key);
  const changes = bookings.filter((booking) => isCharged(booking, key)).flatMap((booking) => changesBy(booking, unit));
  const limitAt = (order: number): number => own.findLast((belief) => belief.order <= order)?.limit ?? 0;
  const bonusOf = ({ amount, order, bookedOrder }: (typeof changes)[number]): number =>
    amount < 0 ? -amount * Math.max(0, limitAt(order) / limitAt(bookedOrder + 1) - 1) : 0;
  const believed = own.map((belief) => ({ ...noChange, ...belief }));
  const priced = changes.map((change) => ({ ...change, bonus: bonusOf(change) }));
  const all = [...priced, ...believed].toSorted((one, other) => one.order - other.order);
  for (const [first, from] of all.entries()) {
    if (from.held === 0) continue;
    // What was believed right before it counts too.
    let { limit, burst } = all[first - 1] ?? from;
    let [net, shortfalls, largest, changed] = [0, 0, 0, 0];
    for (const change of all.slice(first)) {
      limit = Math.max(limit, change.limit);
      burst = Math.max(burst, change.burst);
      if (change.amount === 0) continue;
      changed += 1;
      net += change.amount;
      if (change.held === 0 && change.amount > 0) shortfalls += change.amount;
      // What comes back comes back at the price it was booked at: of a limit that was raised since, it buys more now.
      shortfalls += change.bonus;
      largest = Math.max(largest, change.held);
      const lengthMs = change.atMs - from.atMs;
      const most = Math.max(burst, largest) + (limit * lengthMs) / 60_000 + shortfalls + changed;
      if (net > most) return [`I2: ${key} let ${net} in between ${from.atMs} and ${change.atMs} ms, ${most} at most`];
    }
  }
  return [];
}

const noChange = { atMs: 0, amount: 0, held: 0, bonus: 0 };

function changesBy(booking: Booking, unit: "tokens" | "requests") {
  const { atMs, order, cost, endings } = booking;
  const held = cost[unit] ?? 0;
  const [end] = endings;
  const given = { limit: 0, burst: 0, atMs, order, bookedOrder: order, amount: held, held };
  if (end === undefined) return [given];
  return [given, { ...given, atMs: end.atMs, order: end.order, amount: standsAt(booking, unit) - held, held: 0 }];
}

function saysNothingSecret({ events, shown }: Trace): string[] {
  const told = JSON.stringify(events) + [...shown].join("");
  const canaries = ["key-canary", "tenant-canary", promptCanary];
  return canaries.filter((canary) => told.includes(canary)).map((canary) => `I8: ${canary} was told`);
}

/**
 * Of two calls alike in everything, the one that came first starts first; but for who is let in first where a scope
 * recovers, and for one whose turn it was where another call turned out to be the one that tries a target.
 */
function inOrder({ calls, recoveries, bookings }: Trace): string[] {
  const found: string[] = [];
  const lines = new Map<string, CallTruth[]>();
  for (const call of calls) {
    const { affinityKey, priority, tenant, isStream, allowedRegions, pinnedTo } = call.planned;
    if (affinityKey !== undefined || call.attempts.length === 0) continue;
    const kind = JSON.stringify([priority, tenant, isStream, allowedRegions, pinnedTo, call.cost]);
    lines.set(kind, [...(lines.get(kind) ?? []), call]);
  }
  for (const line of lines.values()) {
    for (const [index, call] of line.entries()) {
      const isLetIn = recoveries.some(({ fromMs, untilMs }) => fromMs <= startOf(call) && untilMs >= call.atMs);
      if (isLetIn) continue;
      const gaveBackAtMs = givenBackUnsentMs(call, bookings);
      const later = line
        .slice(index + 1)
        .find((other) => firstOf(other) < firstOf(call) && !gaveBackAtMs.has(startOf(other)));
      if (later !== undefined) found.push(`I9: call ${later.callId} overtook its twin ${call.callId}`);
    }
  }
  return found;
}

/** When it gave back room that it had been given, and sent nothing. */
function givenBackUnsentMs({ cost, attempts }: CallTruth, bookings: readonly Booking[]): ReadonlySet<number> {
  const unsent = bookings.filter(
    ({ cost: held, target, atMs }) =>
      held === cost && !attempts.some((each) => each.target.id === target.id && each.atMs === atMs),
  );
  return new Set(unsent.flatMap(({ endings: [end] }) => (end?.kind === "release" ? end.atMs : [])));
}

function firstOf({ attempts }: CallTruth): number {
  return attempts[0]?.order ?? Number.POSITIVE_INFINITY;
}

function startOf({ attempts }: CallTruth): number {
  return attempts[0]?.atMs ?? Number.POSITIVE_INFINITY;
}

function wasAudited({ callId, attempts, end }: CallTruth, { events }: Trace): string[] {
  const ends = events.filter((event): event is CallEnd => event.kind === "call-end" && event.callId === callId);
  const parts = events.filter((event): event is AttemptEnd => event.kind === "attempt-end" && event.callId === callId);
  const found: string[] = [];
  if (ends.length !== 1) found.push(`I10: ${ends.length} records of call ${callId}`);
  for (const { attempt } of attempts) {
    const told = parts.filter((event) => event.attempt === attempt).length;
    if (told !== 1) found.push(`I10: ${told} records of attempt ${attempt} of call ${callId}`);
  }
  if (end?.isOk === true && ends[0]?.outcome !== "ok" && ends[0]?.isAborted !== true) {
    found.push(`I10: call ${callId} went well, its record says ${ends[0]?.outcome}`);
  }
  return found;
}
