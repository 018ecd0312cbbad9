import { ShardrockError } from "@shardrock/core";
import type {
  Asked,
  AwsReader,
  Page,
  ProfileRow,
  QuotaRow,
  UsageQuery,
  UsageSeries,
  UsageSpan,
} from "../reader/aws-reader.ts";

/** A reader whose answers are what they should be: one that is not counts as a request that failed. */
export class CheckedReader implements AwsReader {
  readonly #reader: AwsReader;

  constructor(reader: AwsReader) {
    this.#reader = reader;
  }

  async appliedQuotas(asked: Asked): Promise<Page<QuotaRow>> {
    return checked("appliedQuotas", await this.#reader.appliedQuotas(asked), isPageOf(isQuotaRow));
  }

  async defaultQuotas(asked: Asked): Promise<Page<QuotaRow>> {
    return checked("defaultQuotas", await this.#reader.defaultQuotas(asked), isPageOf(isQuotaRow));
  }

  async profiles(asked: Asked): Promise<Page<ProfileRow>> {
    return checked("profiles", await this.#reader.profiles(asked), isPageOf(isProfileRow));
  }

  async usage(queries: readonly UsageQuery[], span: UsageSpan, asked: Asked): Promise<readonly UsageSeries[]> {
    return checked("usage", await this.#reader.usage(queries, span, asked), isListOf(isUsageSeries));
  }
}

type Guard<T> = (value: unknown) => value is T;

function checked<T>(name: keyof AwsReader, answer: unknown, isRight: Guard<T>): T {
  if (isRight(answer)) return answer;
  throw new ShardrockError("response-invalid", `what the reader's ${name} gave is not what AwsReader says`);
}

function isPageOf<Row>(isRow: Guard<Row>): Guard<Page<Row>> {
  const areRows = isListOf(isRow);
  return (value): value is Page<Row> =>
    isRecord(value) && areRows(value["rows"]) && isTextOrNone(value["next"]) && areCodes(value["unread"] ?? []);
}

function isListOf<T>(isItem: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(isItem);
}

function isQuotaRow(value: unknown): value is QuotaRow {
  if (!isRecord(value)) return false;
  const { code, name, value: amount, isAdjustable, isGlobal } = value;
  const isNamed = isText(code) && isText(name) && isAmount(amount);
  return isNamed && typeof isAdjustable === "boolean" && typeof isGlobal === "boolean";
}

function isProfileRow(value: unknown): value is ProfileRow {
  if (!isRecord(value)) return false;
  const { id, type, isActive, modelArns } = value;
  const isOfKind = type === "system" || type === "application";
  return isText(id) && isOfKind && typeof isActive === "boolean" && areCodes(modelArns);
}

function isUsageSeries(value: unknown): value is UsageSeries {
  if (!isRecord(value) || !isRecord(value["query"]) || typeof value["isComplete"] !== "boolean") return false;
  const { byMinute } = value;
  return byMinute instanceof Map && [...byMinute].flat().every(isAmount);
}

const areCodes: Guard<readonly string[]> = isListOf(isText);

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTextOrNone(value: unknown): value is string | undefined {
  return value === undefined || isText(value);
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
