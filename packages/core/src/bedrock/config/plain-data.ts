import { isCredentialName, looksLikeCredential } from "./credentials.ts";
import type { ConfigPath, ConfigProblem } from "./error.ts";

/** Keys that reach an object's prototype; no config needs one. */
const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** A config is six deep; what is deeper is an accident or an attack. */
const deepest = 16;

/** Twice the longest text and key any option takes, in characters. What is longer is refused before a pattern sees it. */
const longestText = 4096;
const longestKey = 512;

const credentialRule =
  "must not be here: a config holds no credentials. Shardrock assumes each account's role with the host's own, which the " +
  "AWS SDK finds; take it out, and revoke it if others could read this";

/**
 * What is wrong with data before anybody looks at its shape: forbidden keys, credentials, endless depth and endless text.
 * Nothing of a credential is in the answer.
 */
export function plainDataProblems(data: unknown): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Set<object>();
  const visit = (value: unknown, path: ConfigPath): void => {
    if (typeof value === "string") {
      problems.push(...textProblems(value, path));
      return;
    }
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (path.length > deepest) {
      problems.push({ path: path.slice(0, 4), message: `must not be nested more than ${deepest} deep` });
      return;
    }
    for (const [key, child] of Object.entries(value)) {
      const problem = Array.isArray(value) ? undefined : keyProblem(key, path);
      if (problem === undefined) visit(child, [...path, Array.isArray(value) ? Number(key) : key]);
      else problems.push(problem);
    }
  };
  visit(data, []);
  return problems;
}

/** An object whose keys can be read; arrays are not. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at a path; undefined when nothing does. Reads own properties only. */
export function valueAt(data: unknown, path: ConfigPath): unknown {
  let value = data;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isRecord(value) && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}

/** A key with a credential in it is named by where it stands. */
function keyProblem(key: string, path: ConfigPath): ConfigProblem | undefined {
  if (key.length > longestKey) return { path, message: `has a key of more than ${longestKey} characters` };
  if (looksLikeCredential(key)) return { path, message: `has a key that ${credentialRule}` };
  if (isCredentialName(key)) return { path: [...path, key], message: credentialRule };
  return forbiddenKeys.has(key) ? { path: [...path, key], message: "is a key no config may have" } : undefined;
}

function textProblems(text: string, path: ConfigPath): readonly ConfigProblem[] {
  if (text.length > longestText) return [{ path, message: `must be at most ${longestText} characters` }];
  return looksLikeCredential(text) ? [{ path, message: credentialRule }] : [];
}
