import type { SimulatedMetricData, SimulatedMetrics } from "../../metrics/simulated-metrics.ts";
import type { Answer } from "../answer.ts";
import type { Authenticated } from "../authenticate.ts";
import { parseObject } from "../json-object.ts";
import type { WireRequest } from "../wire-request.ts";
import { answerControl, type ControlOptions } from "./control-options.ts";
import type { ControlApi } from "./control-tally.ts";
import { rpcContentType, type RpcTarget, sendRpcError, sendRpcResult } from "./json-rpc.ts";
import { type MetricQuestion, type MetricRequest, readMetricRequest } from "./metric-questions.ts";
import { type MetricPoints, pointsPage } from "./metric-points.ts";

/** Accounts that share their metrics with another, within each Region. Source: CloudWatch User Guide, "Cross-account observability" (read 2026-11-22). */
export interface SimulatedSharing {
  /** 12 digits. */
  readonly monitoringAccountId: string;
  readonly sourceAccountIds: readonly string[];
}

export interface CloudWatchOptions extends ControlOptions {
  readonly metrics: SimulatedMetrics;
  readonly sharing: readonly SimulatedSharing[];
}

/** GetMetricData of CloudWatch. */
export class CloudWatchService {
  readonly #options: CloudWatchOptions;

  constructor(options: CloudWatchOptions) {
    this.#options = options;
  }

  answer(request: WireRequest, target: RpcTarget, { caller, answer }: { readonly caller: Authenticated; readonly answer: Answer }): void {
    const operation = target.operation;
    if (operation !== "GetMetricData") {
      return sendRpcError(answer, "monitoring", { status: 400, type: "InvalidAction", message: "" });
    }
    answerControl(
      {
        operation,
        caller,
        answer,
        contentType: rpcContentType.monitoring,
        refuse: (error) => sendRpcError(answer, "monitoring", error),
        throttle: () => sendRpcError(answer, "monitoring", { status: 400, type: "Throttling", message: "Rate exceeded" }),
        serve: (api) => {
          const asked = readMetricRequest(parseObject(request.body.toString("utf8")) ?? {});
          if (typeof asked === "string") return refuse(answer, "ValidationError", asked);
          this.#getMetricData(api, asked, answer);
        },
      },
      this.#options,
    );
  }

  #getMetricData(api: ControlApi, request: MetricRequest, answer: Answer): void {
    const stranger = request.questions.find(({ accountId }) => !this.#maySee(api.accountId, accountId));
    if (stranger !== undefined) {
      const message = `The account ${stranger.accountId} is not linked to the account ${api.accountId}.`;
      return refuse(answer, "InvalidParameterValue", message);
    }
    const nowMs = this.#options.clock.monotonicMs();
    const series = request.questions.map((question) => ({ question, ...this.#points(api, question, { request, nowMs }) }));
    const page = pointsPage(series, request);
    if (page === undefined) return refuse(answer, "InvalidNextToken", "The next token specified is invalid.");
    sendRpcResult(answer, "monitoring", page);
  }

  /** Without an account it is the caller's own. */
  #maySee(callerId: string, accountId: string | undefined): boolean {
    if (accountId === undefined || accountId === callerId) return true;
    return this.#options.sharing.some(
      ({ monitoringAccountId, sourceAccountIds }) =>
        monitoringAccountId === callerId && sourceAccountIds.includes(accountId),
    );
  }

  #points(
    api: ControlApi,
    question: MetricQuestion,
    { request, nowMs }: { readonly request: MetricRequest; readonly nowMs: number },
  ): Pick<MetricPoints, "points" | "isPartial"> {
    const periodMs = question.period * 1_000;
    const span = { fromMs: Math.floor(request.fromMs / periodMs) * periodMs, untilMs: request.untilMs };
    const data = this.#data(api, question, (query) => this.#options.metrics.data(query, span, nowMs));
    const sums = new Map<number, number>();
    for (const [startMs, sum] of data.byMinute) {
      const periodStartMs = Math.floor(startMs / periodMs) * periodMs;
      sums.set(periodStartMs, (sums.get(periodStartMs) ?? 0) + sum);
    }
    const oldestFirst = [...sums].sort(([one], [other]) => one - other);
    return { points: request.isOldestFirst ? oldestFirst : oldestFirst.reverse(), isPartial: data.status === "PartialData" };
  }

  /** Metrics are kept by model; other dimensions than that have none. */
  #data(
    { accountId, region }: ControlApi,
    question: MetricQuestion,
    ask: (query: Parameters<SimulatedMetrics["data"]>[0]) => SimulatedMetricData,
  ): SimulatedMetricData {
    const space = namespaces.get(question.namespace);
    const modelId = space && question.dimensions[space.dimension];
    if (space === undefined || modelId === undefined || Object.keys(question.dimensions).length > 1) {
      return { byMinute: new Map(), status: "Complete" };
    }
    const { endpoint } = space;
    return ask({ accountId: question.accountId ?? accountId, region, endpoint, modelId, metric: question.metric });
  }
}

/** Source: bedrock-facts.md, sections 4.1 and 4.2 (Bedrock User Guide, read 2026-11-22). */
const namespaces: ReadonlyMap<string, { readonly endpoint: "runtime" | "mantle"; readonly dimension: string }> = new Map([
  ["AWS/Bedrock", { endpoint: "runtime", dimension: "ModelId" }],
  ["AWS/BedrockMantle", { endpoint: "mantle", dimension: "Model" }],
]);

function refuse(answer: Answer, type: string, message: string): void {
  sendRpcError(answer, "monitoring", { status: 400, type, message });
}
