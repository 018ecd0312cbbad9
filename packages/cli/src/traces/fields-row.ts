import { expectedTime, type TraceTime } from "./trace-time.ts";
import type { FieldName } from "./field-names.ts";
import { shownValue } from "./shown-value.ts";
import type { TraceRow } from "./trace-row.ts";

/** A field that is not what it should be. */
export interface FieldFault {
  readonly kind: "field-fault";
  readonly field: FieldName;
  readonly expected: string;
  readonly found: string;
}

/** More tokens than any call takes. */
const mostTokens = 1e9;

/** A row out of the fields of a table or of a flat JSON object; what is empty is not told. */
export function rowOfFields(value: (field: FieldName) => unknown, time: TraceTime): TraceRow | FieldFault {
  const fault = (field: FieldName, expected: string): FieldFault => ({
    kind: "field-fault",
    field,
    expected: `${said[field]}: ${expected}`,
    found: shownValue(value(field)),
  });
  const timeMs = time.read(value("time"));
  if (timeMs === undefined) return fault("time", expectedTime);
  const inputTokens = countOf(value("input"));
  if (inputTokens === undefined) return fault("input", "a whole number from 0 up");
  const outputTokens = countOf(value("output"));
  if (outputTokens === undefined) return fault("output", "a whole number from 0 up");
  const maximum = value("maxTokens");
  const maxTokens = isEmpty(maximum) ? undefined : countOf(maximum);
  if (!isEmpty(maximum) && !(maxTokens !== undefined && maxTokens > 0))
    return fault("maxTokens", "a whole number from 1 up, or nothing");
  const model = nameOf(value("model"));
  if (model === false) return fault("model", "a name, or nothing");
  const tenant = nameOf(value("tenant"));
  if (tenant === false) return fault("tenant", "a name, or nothing");
  const priority = priorityOf(value("priority"));
  if (priority === undefined) return fault("priority", "a number, or nothing");
  return { kind: "row", timeMs, model, tenant, inputTokens, outputTokens, maxTokens, priority };
}

const said: Readonly<Record<FieldName, string>> = {
  time: "the time",
  input: "the input tokens",
  output: "the output tokens",
  model: "the model",
  tenant: "the tenant",
  maxTokens: "max_tokens",
  priority: "the priority",
};

/** A whole number from 0 up; tables of floats write `374.0`. */
export function countOf(value: unknown): number | undefined {
  const count = typeof value === "string" && /^\s*\d+(?:\.0*)?\s*$/.test(value) ? Number(value) : value;
  return typeof count === "number" && Number.isInteger(count) && count >= 0 && count <= mostTokens ? count : undefined;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

/** False: it is no name. */
function nameOf(value: unknown): string | undefined | false {
  if (isEmpty(value)) return undefined;
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.length <= longestName && !lineBreaking.test(value) && value.trim();
}

/** Longer ones are no names: an ARN takes 2048 characters at most. */
const longestName = 2_048;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const lineBreaking = /[\u0000-\u001f\u007f\u2028\u2029]/;

function priorityOf(value: unknown): number | undefined {
  if (isEmpty(value)) return 0;
  const priority = typeof value === "string" ? Number(value) : value;
  return typeof priority === "number" && Number.isFinite(priority) ? priority : undefined;
}
