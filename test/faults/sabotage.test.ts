import {
  type FailedAttempt,
  type FailoverPolicy,
  type Hedge,
  type Ledger,
  type Reservation,
  type RouterOptions,
  ShardrockError,
} from "@shardrock/core";
import { expect, it } from "vitest";
import { promptCanary } from "./fault-kinds.ts";
import { type Plan, planOf } from "./plan.ts";
import { play } from "./play.ts";
import type { Sabotage } from "./sabotage.ts";
import { attempting, hiding, startingSecondsLate } from "./sabotaged-attempts.ts";
import { scene, sickAccount } from "./promise.ts";
import { wasBrokenOff } from "./retries.ts";
import { failureIn } from "./seeds.ts";
import { coreSubject, failoverOf, failoverSubject, hedgingSubject, type Subject, thriftySubject } from "./subject.ts";

const mostSeeds = 80;

/** A book that does something else at the end of a reservation. */
function ending(change: (reservation: Reservation) => Partial<Reservation>): Sabotage {
  const ledger = (inner: Ledger): Ledger => ({
    startsInMs: (candidate, nowMs) => inner.startsInMs(candidate, nowMs),
    quote: (candidate, nowMs) => inner.quote(candidate, nowMs),
    settledByMinute: (key) => inner.settledByMinute(key),
    snapshot: (nowMs) => inner.snapshot(nowMs),
    onGiveBack: (listener) => inner.onGiveBack(listener),
    async reserve(candidates, signal) {
      const answer = await inner.reserve(candidates, signal);
      return answer.kind === "refused" ? answer : { ...answer, ...change(answer) };
    },
  });
  return { ledger };
}

/** More calls hang before it is found than a thrifty budget can make again. */
const blackHole = scene({ accounts: 2, episodes: [{ kind: "black-hole", accountId: sickAccount }] });

/** Calls hang for credentials, and there is elsewhere to go. */
const silentSts = scene({ accounts: 2, calls: 960, episodes: [{ kind: "sts-hangs", accountId: sickAccount }] });

function changing(options: Partial<RouterOptions>): Sabotage {
  return { options: (own) => ({ ...own, ...options }) };
}

const broken: Readonly<
  Record<
    string,
    {
      readonly finds: string;
      readonly sabotage?: Sabotage;
      readonly subject?: Partial<Subject>;
      /** Where the search begins, when few seeds show it; 1 unless told. */
      readonly fromSeed?: number;
      /** What is played, when seeds hardly show it. */
      readonly plan?: Plan;
    }
  >
> = {
  "settles twice": {
    finds: "I6",
    sabotage: ending((reservation) => ({
      settle: (actual) => {
        reservation.settle(actual);
        reservation.settle(actual);
      },
    })),
  },
  "gives a throttled hold back": { finds: "I2", sabotage: ending((own) => ({ throttled: () => own.release() })) },
  "gives back what is in doubt": { finds: "I2", sabotage: ending((own) => ({ keep: () => own.release() })) },
  "forgets to release": { finds: "I6", sabotage: ending(() => ({ release: () => undefined })) },
  "keeps what should come back": { finds: "I6", sabotage: ending((own) => ({ release: () => own.keep("lost") })) },
  "settles for the hold": {
    finds: "I6",
    sabotage: ending((own) => ({ settle: () => own.settle({ requests: 1, tokens: 1 }) })),
  },
  "sends to drained accounts": { finds: "I1", sabotage: changing({ drained: new Map() }) },
  "sends to accounts that were drained or taken out meanwhile": { finds: "I1", sabotage: { isDeaf: true } },
  "ignores residency": { finds: "I1", sabotage: changing({ allowedRegions: undefined }) },
  "ignores the bound of the waiting room": {
    finds: "I9",
    sabotage: changing({ bounds: { maxInFlight: 1_000, maxQueued: 1_000, maxQueuedBytes: 1e9 } }),
  },
  "starts calls that came later first": { finds: "I9: call", sabotage: startingSecondsLate() },
  "tries again after content": {
    finds: "I5",
    fromSeed: 25,
    sabotage: attempting((attempt) => (target, running) => attempt(target, hiding(running, "commit"))),
    subject: {
      open: (parts) => ({
        ...coreSubject.open(parts),
        policy: { next: ({ target }) => ({ kind: "retry", exclude: [target] }) },
      }),
    },
  },
  "forgets how streams end": {
    finds: "I3",
    sabotage: attempting((attempt) => (target, running) => attempt(target, hiding(running, "fail"))),
  },
  "retries whatever failed": {
    finds: "I4",
    subject: {
      open: (parts) => ({
        ...coreSubject.open(parts),
        policy: {
          next: ({ target, verdict: { kind } }) =>
            kind === "throttled" ? { kind: "retry", exclude: [] } : { kind: "retry", exclude: [target] },
        },
      }),
    },
  },
  "retries nothing": {
    finds: "I3",
    subject: { open: (parts) => ({ ...coreSubject.open(parts), policy: { next: () => ({ kind: "stop" }) } }) },
  },
  "comes back again and again to what cannot be reached": {
    finds: "I4: came back",
    subject: deciding(({ verdict: { kind } }, own) =>
      kind === "unreachable" ? { kind: "retry", exclude: [] } : own(),
    ),
  },
  "comes back to an account whose role failed": {
    finds: "I4: tried",
    sabotage: changing({ health: { blocked: () => undefined, observe: () => undefined } }),
    subject: deciding(({ verdict: { kind } }, own) =>
      kind === "account-failed" ? { kind: "retry", exclude: [] } : own(),
    ),
  },
  "gives up what it broke off before it was sent": {
    finds: "I3: gave up",
    subject: deciding(({ verdict, error }, own) =>
      verdict.kind === "unreachable" && wasStopped(error) ? { kind: "stop" } : own(),
    ),
    plan: silentSts,
  },
  "hedges where nobody asked for it": { finds: "I4", subject: { ...hedging(() => ({})), hedges: undefined } },
  "hedges within the account that is slow": { finds: "I4", subject: hedging(() => ({ suits: () => true })) },
  "hedges without a budget": {
    finds: "I4",
    subject: { ...hedging(() => ({ take: () => true })), hedges: { share: 0.02, floor: 0 } },
  },
  "retries without a budget": {
    finds: "I4",
    subject: { ...thriftySubject, open: failoverOf("lavish", { retryBudget: { share: 1, floor: 1_000 } }).open },
  },
  "breaks off whatever hangs, and takes nothing from the budget": {
    finds: "I4",
    subject: breakingOff(),
    plan: blackHole,
  },
  "lets both of two attempts go on": {
    finds: "I5",
    sabotage: attempting((attempt) => (target, running) => attempt(target, hiding(running, "onStop"))),
    subject: hedging(() => ({})),
  },
  "forgets to tell of attempts that failed": {
    finds: "I10",
    sabotage: { tells: (event) => (event.kind === "attempt-end" && event.verdict !== undefined ? [] : [event]) },
  },
  "tells twice how a call ended": {
    finds: "I10",
    sabotage: { tells: (event) => (event.kind === "call-end" ? [event, event] : [event]) },
  },
  "says that calls failed which went well": {
    finds: "I10",
    sabotage: { tells: (event) => (event.kind === "call-end" ? [{ ...event, outcome: "failed" }] : [event]) },
  },
  "quotes the prompt in what it tells": {
    finds: "I8",
    sabotage: {
      tells: (event) => (event.kind === "attempt-end" ? [{ ...event, requestedModel: promptCanary }] : [event]),
    },
  },
  "never forgives a target": {
    finds: "I3",
    fromSeed: 60,
    subject: {
      open: (parts) => {
        const failed = new Set<string>();
        const block = { untilMs: Number.POSITIVE_INFINITY, scope: "for ever", reason: "it failed once" };
        return {
          ...coreSubject.open(parts),
          health: {
            blocked: ({ id }) => (failed.has(id) ? block : undefined),
            observe: ({ target, verdict }) => void (verdict?.kind === "account-failed" && failed.add(target.id)),
          },
        };
      },
    },
  },
};

/** What it broke off is made again at no cost, however often; all else is within the budget. */
function breakingOff(): Partial<Subject> {
  return {
    ...thriftySubject,
    open(parts) {
      const { policy, health } = thriftySubject.open(parts);
      let free = 0;
      const next: FailoverPolicy["next"] = (failed) => {
        if (failed.verdict.kind !== "ambiguous" || free === 0) return policy.next(failed);
        free -= 1;
        return { kind: "retry", exclude: [failed.target] };
      };
      const breaksOff = (): boolean => {
        free += 1;
        return true;
      };
      return { health, policy: { next, breaksOff, begins: () => policy.begins?.() } };
    },
  };
}

/** A policy that takes other steps after some failures. */
function deciding(
  change: (failed: FailedAttempt, own: () => ReturnType<FailoverPolicy["next"]>) => ReturnType<FailoverPolicy["next"]>,
): Partial<Subject> {
  return {
    ...failoverSubject,
    open(parts) {
      const { policy, health } = failoverSubject.open(parts);
      const breaksOff = (hung: FailedAttempt): boolean => policy.breaksOff?.(hung) === true;
      const next: FailoverPolicy["next"] = (failed) => change(failed, () => policy.next(failed));
      return { health, policy: { next, breaksOff, begins: () => policy.begins?.() } };
    },
  };
}

/** The router's own reason to break an attempt off; the harness says `no credentials` of what failed by itself. */
function wasStopped(error: unknown): boolean {
  return error instanceof ShardrockError && error.code === "timeout";
}

/** A policy whose hedges are made otherwise. */
function hedging(change: (hedge: Hedge) => Partial<Hedge>): Partial<Subject> {
  return {
    ...hedgingSubject,
    open(parts) {
      const { policy, health } = hedgingSubject.open(parts);
      const hedge: FailoverPolicy["hedge"] = (begun) => {
        const own = policy.hedge?.(begun);
        return own && { ...own, ...change(own) };
      };
      const next: FailoverPolicy["next"] = (failed) => policy.next(failed);
      const breaksOff = (hung: FailedAttempt): boolean => policy.breaksOff?.(hung) === true;
      return { health, policy: { next, breaksOff, begins: () => policy.begins?.(), hedge } };
    },
  };
}

it.each(Object.entries(broken))(
  "a router that %s is found out",
  async (_how, { finds, sabotage, subject, fromSeed = 1, plan }) => {
    const proven = { ...coreSubject, ...subject };
    const untilSeed = fromSeed + (plan === undefined ? mostSeeds : 1);
    const found: string[] = [];
    for (let seed = fromSeed; seed < untilSeed && found.length === 0; seed += 1) {
      const failure = failureIn(await play(plan ?? planOf(seed), proven, sabotage), proven);
      if (failure?.includes(finds) === true) found.push(failure);
    }

    expect(found).toEqual([expect.stringMatching(/replay: pnpm faults --subject \w+ --seed \d+$/)]);
  },
);

it("a router that breaks off what its budget can make again is not", async () => {
  const trace = await play(blackHole, thriftySubject);

  expect(failureIn(trace, thriftySubject)).toBeUndefined();
  expect(trace.calls.flatMap(({ attempts }) => attempts).filter(wasBrokenOff)).not.toEqual([]);
});
