import { isRecord } from "../config/plain-data.ts";

/** Data with another value in one place. Only what leads there is copied; what was given stays as it was. */
export function withValueAt(data: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(data)) return data.with(Number(step), withValueAt(data[Number(step)], rest, value));
  return isRecord(data) ? { ...data, [step]: withValueAt(data[step], rest, value) } : data;
}
