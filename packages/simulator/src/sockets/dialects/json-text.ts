/** Stands for a number too large for a double; JSON has no other way to say infinity. */
const beyondAnyNumber = "1e999";
const infinityMark = "\u2060infinite\u2060";

/**
 * JSON that can also say Infinity (a number that every parser reads as such); NaN becomes null, and an undefined member
 * is left out.
 */
export function jsonText(value: object | string): string {
  if (typeof value === "string") return value;
  const text = JSON.stringify(value);
  return text.includes(infinityMark) ? text.replaceAll(`"${infinityMark}"`, beyondAnyNumber) : text;
}

/** Marks the infinities in a value, so that `jsonText` says them. */
export function markInfinity(value: unknown): unknown {
  if (value === Number.POSITIVE_INFINITY) return infinityMark;
  if (Array.isArray(value)) return value.map((item) => markInfinity(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, markInfinity(member)]));
}
