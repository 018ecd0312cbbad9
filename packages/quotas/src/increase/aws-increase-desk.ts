import {
  ListRequestedServiceQuotaChangeHistoryCommand,
  RequestServiceQuotaIncreaseCommand,
  ServiceQuotasClient,
  ServiceQuotasServiceException,
} from "@aws-sdk/client-service-quotas";
import type { RequestStatus, ServiceQuotasClientConfig } from "@aws-sdk/client-service-quotas";
import { NotSentError, ShardrockError, systemClock } from "@shardrock/core";
import type { Clock, QuotaPlace } from "@shardrock/core";
import { placeKey } from "../reader/place-key.ts";
import type { DeskAnswer, IncreaseDesk } from "./increase-desk.ts";
import type { IncreaseRequest, OpenIncrease } from "./increase-plan.ts";
import { Pace } from "./pace.ts";

/** How to reach AWS in one account and Region. */
export interface DeskClientOptions {
  /** Of a role in that account. */
  readonly credentials: NonNullable<ServiceQuotasClientConfig["credentials"]>;
  readonly requestHandler?: NonNullable<ServiceQuotasClientConfig["requestHandler"]> | undefined;
  /** Instead of AWS's own. */
  readonly endpoint?: string | undefined;
}

export interface AwsIncreaseDeskOptions {
  /**
   * Whoever it gives credentials of needs `servicequotas:RequestServiceQuotaIncrease` and
   * `servicequotas:ListRequestedServiceQuotaChangeHistory`.
   */
  readonly clientOptions: (place: QuotaPlace) => DeskClientOptions;
  /** Default: the machine's own time. */
  readonly clock?: Clock | undefined;
}

/**
 * Between two requests in an account and Region, in ms. Source: AWS, "Service quotas for Service Quotas" (read
 * 2026-11-22): RequestServiceQuotaIncrease 3 a second, the list of requests 5 a second.
 */
const pauseMs = 350;
/** At most 20 requests are open; a list of so many pages is no list. */
const mostPages = 50;
const undecided: readonly RequestStatus[] = ["PENDING", "CASE_OPENED"];

/** Hands requests in at Service Quotas. The SDK tries nothing again: a request that may have arrived must not go twice. */
export class AwsIncreaseDesk implements IncreaseDesk {
  readonly #options: AwsIncreaseDeskOptions;
  readonly #windows = new Map<string, Window>();

  constructor(options: AwsIncreaseDeskOptions) {
    this.#options = options;
  }

  async open(place: QuotaPlace, signal: AbortSignal): Promise<readonly OpenIncrease[]> {
    const open: OpenIncrease[] = [];
    for (const status of undecided) {
      for await (const code of codesOf(this.#window(place), status, signal)) open.push({ ...place, code });
    }
    return open;
  }

  async request(request: IncreaseRequest, signal: AbortSignal): Promise<DeskAnswer> {
    const { client, pace } = this.#window(request);
    try {
      await pace.next(signal);
    } catch (cause) {
      throw new NotSentError(cause);
    }
    const input = { ServiceCode: "bedrock", QuotaCode: request.code, DesiredValue: request.to };
    try {
      const { RequestedQuota } = await client.send(new RequestServiceQuotaIncreaseCommand(input), {
        abortSignal: signal,
      });
      const { Id: requestId, CaseId: caseId, Status: status } = RequestedQuota ?? {};
      return { kind: "taken", requestId, caseId, status };
    } catch (cause) {
      if (isTurnedDown(cause)) return { kind: "turned-down", reason: `${cause.name}: ${cause.message}` };
      throw cause;
    }
  }

  #window({ accountId, region }: QuotaPlace): Window {
    const key = placeKey({ accountId, region });
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    const { clientOptions, clock = systemClock } = this.#options;
    const client = openClient(region, clientOptions({ accountId, region }));
    const window = { client, pace: new Pace(clock, pauseMs) };
    this.#windows.set(key, window);
    return window;
  }
}

interface Window {
  readonly client: ServiceQuotasClient;
  readonly pace: Pace;
}

function openClient(region: string, { credentials, requestHandler, endpoint }: DeskClientOptions): ServiceQuotasClient {
  return new ServiceQuotasClient({
    region,
    credentials,
    ...(requestHandler === undefined ? {} : { requestHandler }),
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: 1,
    retryMode: "standard",
    // Else AWS_ENDPOINT_URL in the environment would send the request elsewhere.
    ignoreConfiguredEndpointUrls: true,
  });
}

/** Of every service: AWS counts them together. */
async function* codesOf({ client, pace }: Window, status: RequestStatus, signal: AbortSignal): AsyncGenerator<string> {
  let token: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    await pace.next(signal);
    const input = { Status: status, ...(token === undefined ? {} : { NextToken: token }) };
    const answer = await client.send(new ListRequestedServiceQuotaChangeHistoryCommand(input), { abortSignal: signal });
    for (const { ServiceCode: service, QuotaCode: code } of answer.RequestedQuotas ?? []) {
      yield service === "bedrock" ? (code ?? "") : `${service ?? ""}/${code ?? ""}`;
    }
    token = answer.NextToken;
    if (token === undefined) return;
  }
  throw new ShardrockError("response-invalid", `AWS's list of open requests has more than ${mostPages} pages`);
}

/** AWS has answered that it does not take it. After any other failure it may have. */
function isTurnedDown(error: unknown): error is ServiceQuotasServiceException {
  if (!(error instanceof ServiceQuotasServiceException)) return false;
  const status = error.$metadata.httpStatusCode ?? 0;
  return status >= 400 && status < 500 && status !== 408;
}
