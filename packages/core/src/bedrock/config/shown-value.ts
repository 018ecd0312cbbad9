import type { ConfigPath } from "./error.ts";

/** Options whose values are never shown: an ExternalId is what keeps strangers out of a role. */
const secretOptions: ReadonlySet<string | number | undefined> = new Set(["externalId"]);

/** An access key id, something as long as a secret key or a token, or a URL with a password or query, wherever it was put by mistake. */
const secretLooking = /\b(AKIA|ASIA)[A-Z0-9]{16}\b|[A-Za-z0-9/+=]{40,}|:\/\/[^/]*@|\?.*=/;

const longestShown = 80;

/** A value for an error message: short, on one line, and never a secret. */
export function shownValue(value: unknown, path: ConfigPath = []): string {
  if (path.some((step) => secretOptions.has(step))) return "a value that is not shown";
  switch (typeof value) {
    case "string":
      return shownText(value);
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    case "object":
      if (value === null) return "nothing (null)";
      return Array.isArray(value) ? "a list" : "a group of options";
    default:
      return `a ${typeof value}`;
  }
}

function shownText(text: string): string {
  if (secretLooking.test(text)) return "a value that is not shown";
  return text.length > longestShown ? `${JSON.stringify(text.slice(0, longestShown))}…` : JSON.stringify(text);
}
