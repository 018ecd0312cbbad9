/** Numbers and times, as people mistype them. */
const harmless = /^[\d.,:+\-/ TZeE]{1,40}$/;
/** Too short to be a sentence: `12a`, `null`, `n/a`. */
const short = /^[!-~]{1,8}$/;

/** A value for a message: quoted when it can hardly be content, else described. */
export function shownValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null || typeof value === "boolean" || typeof value === "number") return String(value);
  if (typeof value !== "string") return Array.isArray(value) ? "a list" : "an object";
  if (value === "") return "nothing";
  return harmless.test(value) || short.test(value) ? JSON.stringify(value) : `text of ${value.length} characters`;
}
