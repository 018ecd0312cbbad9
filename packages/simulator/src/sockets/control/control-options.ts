import type { Clock } from "@shardrock/core";
import type { Timers } from "../../timers.ts";
import type { Answer } from "../answer.ts";
import { answerAtOnce } from "../at-once.ts";
import type { Authenticated } from "../authenticate.ts";
import type { Fault, FaultPoint } from "../fault.ts";
import type { ApiRates } from "./api-rates.ts";
import type { ControlOperation } from "./control-operation.ts";
import type { ControlApi, ControlTally } from "./control-tally.ts";

/** What the services that know of accounts share. */
export interface ControlOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly tally: ControlTally;
  readonly rates: ApiRates;
  readonly faultAt: (point: Omit<FaultPoint, "sequence">) => Fault | undefined;
}

/** One request, its signature found right. */
export interface ControlExchange {
  readonly operation: ControlOperation;
  readonly caller: Authenticated;
  readonly answer: Answer;
  readonly contentType: string;
  /** Answers an error of the fault hook. */
  readonly refuse: (error: Extract<Fault, { readonly kind: "error" }>) => void;
  /** Answers that requests come too fast. */
  readonly throttle: () => void;
  readonly serve: (api: ControlApi) => void;
}

/** Counts a request and serves it, unless a fault says otherwise or it came too fast. */
export function answerControl(exchange: ControlExchange, options: ControlOptions): void {
  const { clock, timers, tally, rates, faultAt } = options;
  const { operation, caller, answer, contentType, refuse, throttle, serve } = exchange;
  const api = { accountId: caller.principal.accountId, region: caller.region, operation };
  const nowMs = clock.monotonicMs();
  tally.arrived(api, nowMs);
  const fault = faultAt({ ...api, modelId: undefined });
  const answered = (): void => {
    if (rates.admits(api, nowMs)) return serve(api);
    tally.throttled(api);
    throttle();
  };
  answerAtOnce(fault, { answer, timers, contentType, serve: answered, refuse });
}
