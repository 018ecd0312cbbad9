import type { ConfigPath, ConfigProblem } from "./error.ts";

/** Keys that reach an object's prototype; no config needs one. */
const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** A config is six deep; what is deeper is an accident or an attack. */
const deepest = 16;

/** What is wrong with data before anybody looks at its shape: forbidden keys, and endless depth. */
export function plainDataProblems(data: unknown): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Set<object>();
  const visit = (value: unknown, path: ConfigPath): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (path.length > deepest) {
      problems.push({ path: path.slice(0, 4), message: `must not be nested more than ${deepest} deep` });
      return;
    }
    for (const [key, child] of Object.entries(value)) {
      const childPath = [...path, Array.isArray(value) ? Number(key) : key];
      if (forbiddenKeys.has(key)) problems.push({ path: childPath, message: "is a key no config may have" });
      else visit(child, childPath);
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
