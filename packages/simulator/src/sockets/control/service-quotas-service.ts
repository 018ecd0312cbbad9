import type { QuotaPlace } from "@shardrock/core";
import type { IncreaseRequest, QuotasProblem } from "../../quotas/increase-request.ts";
import type { QuotaValue, SimulatedServiceQuotas } from "../../quotas/simulated-service-quotas.ts";
import type { Answer } from "../answer.ts";
import type { Authenticated } from "../authenticate.ts";
import { type JsonObject, parseObject } from "../json-object.ts";
import type { WireRequest } from "../wire-request.ts";
import { quotaOperations, type QuotaOperation } from "./control-operation.ts";
import { answerControl, type ControlOptions } from "./control-options.ts";
import { rpcContentType, type RpcTarget, sendRpcError, sendRpcResult } from "./json-rpc.ts";
import { pageOf } from "./page.ts";
import { historyRow, quotaRow } from "./quota-wire.ts";

/** Source: Service Quotas API reference, "ListServiceQuotas" (read 2026-11-22). */
const mostRows = 100;

/** Source: HTTP codes of client-service-quotas 3.1138. */
const statuses: Readonly<Record<QuotasProblem["name"], number>> = {
  IllegalArgumentException: 400,
  InvalidPaginationTokenException: 400,
  NoSuchResourceException: 404,
  QuotaExceededException: 409,
  ResourceAlreadyExistsException: 400,
  TooManyRequestsException: 429,
};

/** Service Quotas, of Bedrock only. */
export class ServiceQuotasService {
  readonly #options: ControlOptions;
  readonly #quotas: SimulatedServiceQuotas;

  constructor(quotas: SimulatedServiceQuotas, options: ControlOptions) {
    this.#quotas = quotas;
    this.#options = options;
  }

  answer(request: WireRequest, target: RpcTarget, { caller, answer }: { readonly caller: Authenticated; readonly answer: Answer }): void {
    const operation = quotaOperations.find((each) => each === target.operation);
    if (operation === undefined) {
      return sendRpcError(answer, "servicequotas", { status: 400, type: "UnknownOperationException", message: "" });
    }
    answerControl(
      {
        operation,
        caller,
        answer,
        contentType: rpcContentType.servicequotas,
        refuse: (error) => sendRpcError(answer, "servicequotas", error),
        throttle: () => sendProblem(answer, problem("TooManyRequestsException", "Rate exceeded")),
        serve: (place) => {
          const result = this.#result(operation, place, parseObject(request.body.toString("utf8")) ?? {});
          if (isProblem(result)) sendProblem(answer, result);
          else sendRpcResult(answer, "servicequotas", result);
        },
      },
      this.#options,
    );
  }

  #result(operation: QuotaOperation, place: QuotaPlace, input: JsonObject): object | QuotasProblem {
    const isOfBedrock = input["ServiceCode"] === "bedrock";
    const mayBeAny = operation === "ListRequestedServiceQuotaChangeHistory" && input["ServiceCode"] === undefined;
    if (!isOfBedrock && !mayBeAny) return problem("NoSuchResourceException", "The specified service does not exist.");
    switch (operation) {
      case "ListServiceQuotas":
        return this.#list(operation, input, appliedRows(this.#quotas.applied(place), place, input));
      case "ListAWSDefaultServiceQuotas":
        return this.#list(operation, input, this.#quotas.defaults(place).map((each) => quotaRow(each, place, "default")));
      case "GetServiceQuota":
        return one(this.#quotas.appliedOf(place, codeIn(input)), place, "applied");
      case "GetAWSDefaultServiceQuota":
        return one(this.#quotas.defaultOf(place, codeIn(input)), place, "default");
      case "RequestServiceQuotaIncrease":
        return this.#request(place, input);
      case "ListRequestedServiceQuotaChangeHistory":
        return this.#history(place, input);
      default:
        return operation satisfies never;
    }
  }

  #list(operation: QuotaOperation, input: JsonObject, rows: readonly object[]): object | QuotasProblem {
    const page = pageOf(operation, rows, { size: input["MaxResults"], token: input["NextToken"], mostRows });
    if (page === "size") return problem("IllegalArgumentException", `MaxResults must be from 1 to ${mostRows}.`);
    if (page === "token") return problem("InvalidPaginationTokenException", "Invalid pagination token.");
    const name = operation === "ListRequestedServiceQuotaChangeHistory" ? "RequestedQuotas" : "Quotas";
    return { [name]: page.rows, ...(page.next !== undefined && { NextToken: page.next }) };
  }

  #request(place: QuotaPlace, input: JsonObject): object | QuotasProblem {
    const desiredValue = Number(input["DesiredValue"]);
    const wish = { code: codeIn(input), desiredValue, mayOpenCase: input["SupportCaseAllowed"] !== false };
    const made = this.#quotas.request(place, wish, this.#options.clock.epochMs());
    return made.kind === "problem" ? made : { RequestedQuota: historyRow(made) };
  }

  #history(place: QuotaPlace, input: JsonObject): object | QuotasProblem {
    const status = input["Status"];
    const isAsked = (request: IncreaseRequest): boolean => status === undefined || request.status === status;
    const rows = this.#quotas.history(place, this.#options.clock.epochMs()).filter(isAsked).map(historyRow);
    return this.#list("ListRequestedServiceQuotaChangeHistory", input, rows);
  }
}

function appliedRows(values: readonly QuotaValue[], place: QuotaPlace, input: JsonObject): readonly object[] {
  const code = input["QuotaCode"];
  const asked = code === undefined ? values : values.filter(({ row }) => row.code === code);
  return asked.map((each) => quotaRow(each, place, "applied"));
}

function one(value: QuotaValue | undefined, place: QuotaPlace, kind: "applied" | "default"): object | QuotasProblem {
  if (value === undefined) return problem("NoSuchResourceException", "The request failed because the specified quota does not exist.");
  return { Quota: quotaRow(value, place, kind) };
}

function codeIn(input: JsonObject): string {
  const code = input["QuotaCode"];
  return typeof code === "string" ? code : "";
}

function problem(name: QuotasProblem["name"], message: string): QuotasProblem {
  return { kind: "problem", name, message };
}

function isProblem(result: object): result is QuotasProblem {
  return "kind" in result && result.kind === "problem";
}

function sendProblem(answer: Answer, { name, message }: QuotasProblem): void {
  sendRpcError(answer, "servicequotas", { status: statuses[name], type: name, message });
}
