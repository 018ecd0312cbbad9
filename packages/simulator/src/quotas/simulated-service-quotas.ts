import { type QuotaPlace, ShardrockError } from "@shardrock/core";
import { bedrockQuotaRows } from "./bedrock-quota-rows.ts";
import { type IncreaseRequest, type IncreaseWish, isActive, type QuotasProblem } from "./increase-request.ts";
import { defaultIn, type SimulatedQuotaRow } from "./quota-row.ts";

/** A row and what it is worth somewhere. */
export interface QuotaValue {
  readonly row: SimulatedQuotaRow;
  readonly value: number;
}

export interface SimulatedServiceQuotasOptions {
  /** Default: about 1 100 rows, those of models with AWS's names, codes and defaults. */
  readonly rows?: readonly SimulatedQuotaRow[];
  /** What was set for accounts. */
  readonly applied?: readonly (QuotaPlace & { readonly code: string; readonly value: number })[];
}

/** Hears of a value that is applied from now on. */
export type ApplyListener = (place: QuotaPlace, code: string, value: number) => void;

/** Source: Service Quotas User Guide, "Service Quotas limits" (read 2026-11-22). */
const mostActiveRequests = 20;
/** How long a request waits before it becomes a case; made up. */
const untilCaseMs = 60_000;

/** Service Quotas of Bedrock in every account and Region. Times are ms since 1970. */
export class SimulatedServiceQuotas {
  readonly #rows: ReadonlyMap<string, SimulatedQuotaRow>;
  readonly #applied = new Map<string, Map<string, number>>();
  readonly #requests: StoredRequest[] = [];
  readonly #listeners = new Set<ApplyListener>();

  /** @throws {ShardrockError} `option-invalid` when something is applied to a quota that there is not. */
  constructor({ rows = bedrockQuotaRows, applied = [] }: SimulatedServiceQuotasOptions = {}) {
    this.#rows = new Map(rows.map((row) => [row.code, row]));
    for (const { code, value, ...place } of applied) this.apply(place, code, value);
  }

  /** What every account has in a Region. */
  defaults({ region }: Pick<QuotaPlace, "region">): readonly QuotaValue[] {
    return [...this.#rows.values()].flatMap((row) => {
      const value = defaultIn(row, region);
      return value === undefined ? [] : [{ row, value }];
    });
  }

  /** What was set for an account and Region: a quota nobody ever touched is not in it. */
  applied(place: QuotaPlace): readonly QuotaValue[] {
    return [...this.#rows.values()].flatMap((row) => {
      const value = this.#appliedValue(place, row);
      return value === undefined ? [] : [{ row, value }];
    });
  }

  defaultOf({ region }: Pick<QuotaPlace, "region">, code: string): QuotaValue | undefined {
    const row = this.#rows.get(code);
    const value = row && defaultIn(row, region);
    return row === undefined || value === undefined ? undefined : { row, value };
  }

  appliedOf(place: QuotaPlace, code: string): QuotaValue | undefined {
    const row = this.#rows.get(code);
    const value = row && this.#appliedValue(place, row);
    return row === undefined || value === undefined ? undefined : { row, value };
  }

  /**
   * AWS sets a quota of an account; it may be below the default, and 0.
   * @throws {ShardrockError} `option-invalid` when the Region has no such quota, or the value is below 0.
   */
  apply(place: QuotaPlace, code: string, value: number): void {
    if (this.defaultOf(place, code) === undefined || !(value >= 0)) {
      throw new ShardrockError("option-invalid", `cannot apply ${value} to ${code} in ${place.region}`);
    }
    const key = keyOf(place);
    const values = this.#applied.get(key) ?? new Map<string, number>();
    this.#applied.set(key, values.set(code, value));
    for (const listener of this.#listeners) listener(place, code, value);
  }

  /** Tells of every value that is applied, until the handle is disposed. */
  onApply(listener: ApplyListener): Disposable {
    const own: ApplyListener = (place, code, value) => listener(place, code, value);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }

  /** Asks for more. */
  request(place: QuotaPlace, wish: IncreaseWish, nowMs: number): IncreaseRequest | QuotasProblem {
    const found = this.defaultOf(place, wish.code);
    if (found === undefined) return problem("NoSuchResourceException", noSuchQuota);
    if (!found.row.isAdjustable) return problem("IllegalArgumentException", "The quota is not adjustable.");
    // Against the default, also where less is applied. Source: bedrock-facts.md, section 1.4.
    if (!(wish.desiredValue > found.value)) return problem("IllegalArgumentException", notMore);
    const active = this.#requests.filter((each) => each.place.accountId === place.accountId && isActive(each));
    if (active.some((each) => each.row === found.row && each.place.region === place.region)) {
      return problem("ResourceAlreadyExistsException", "Only one open service quota increase request is allowed per quota.");
    }
    if (active.length >= mostActiveRequests) return problem("QuotaExceededException", tooManyRequests);
    const { desiredValue, mayOpenCase = true } = wish;
    const id = String(this.#requests.length + 1).padStart(32, "0");
    const terms = { kind: "request" as const, id, place, row: found.row, desiredValue, mayOpenCase, createdAtMs: nowMs };
    const stored: StoredRequest = { ...terms, updatedAtMs: nowMs, status: "PENDING" };
    this.#requests.push(stored);
    return seenAt(stored, nowMs);
  }

  /** What was asked in an account and Region, newest first. */
  history(place: QuotaPlace, nowMs: number): readonly IncreaseRequest[] {
    const own = this.#requests.filter((each) => keyOf(each.place) === keyOf(place));
    return own.map((each) => seenAt(each, nowMs)).reverse();
  }

  /** AWS grants a request: the value is applied. @throws {ShardrockError} `option-invalid` when it is not open. */
  approve(id: string, nowMs: number): void {
    const { place, row, desiredValue } = this.#close(id, "APPROVED", nowMs);
    this.apply(place, row.code, desiredValue);
  }

  /** AWS does not grant a request. @throws {ShardrockError} `option-invalid` when it is not open. */
  deny(id: string, nowMs: number): void {
    this.#close(id, "DENIED", nowMs);
  }

  #close(id: string, status: "APPROVED" | "DENIED", nowMs: number): IncreaseRequest {
    const request = this.#requests.find((each) => each.id === id);
    if (request === undefined || !isActive(request)) {
      throw new ShardrockError("option-invalid", `there is no open request ${id}`);
    }
    request.status = status;
    request.updatedAtMs = nowMs;
    return request;
  }

  #appliedValue(place: QuotaPlace, row: SimulatedQuotaRow): number | undefined {
    const value = this.#applied.get(keyOf(place))?.get(row.code);
    return value ?? (row.isAppliedAnyway === true ? defaultIn(row, place.region) : undefined);
  }
}

interface StoredRequest extends Omit<IncreaseRequest, "status" | "updatedAtMs"> {
  readonly mayOpenCase: boolean;
  status: "PENDING" | "APPROVED" | "DENIED";
  updatedAtMs: number;
}

const noSuchQuota = "The request failed because the specified quota does not exist.";
/** Source: cloud-custodian#8939 (read 2026-11-23). */
const notMore = "You must provide a quota value greater than the current quota value";
const tooManyRequests = "You have exceeded your service quota of open requests.";

function problem(name: QuotasProblem["name"], message: string): QuotasProblem {
  return { kind: "problem", name, message };
}

/** A request that waits for a while has become a case of support. */
function seenAt({ mayOpenCase, ...request }: StoredRequest, nowMs: number): IncreaseRequest {
  const isCase = mayOpenCase && request.status === "PENDING" && nowMs - request.createdAtMs >= untilCaseMs;
  return isCase ? { ...request, status: "CASE_OPENED", caseId: `17${request.id.slice(-13)}` } : request;
}

function keyOf({ accountId, region }: QuotaPlace): string {
  return `${accountId}/${region}`;
}
