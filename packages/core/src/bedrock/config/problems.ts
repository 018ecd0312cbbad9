import type { z } from "zod";
import type { ConfigPath, ConfigProblem } from "./error.ts";
import { shownValue } from "./shown-value.ts";
import { valueAt } from "./plain-data.ts";

type Issue = z.core.$ZodIssue;

/** What zod found, one problem for each thing to repair: path, rule and the value given. A rule broken in two ways is told once. */
export function configProblems(error: z.ZodError, input: unknown): readonly ConfigProblem[] {
  const problems = error.issues.flatMap((issue) => problemsOf(issue, [], input));
  return [...new Map(problems.map((problem) => [JSON.stringify([problem.path, problem.message]), problem])).values()];
}

function problemsOf(issue: Issue, above: ConfigPath, input: unknown): readonly ConfigProblem[] {
  const path = [...above, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  switch (issue.code) {
    case "unrecognized_keys": {
      const messages = issue.message.split("\n");
      return issue.keys.map((key, index) => ({ path: [...path, key], message: messages[index] ?? issue.message }));
    }
    case "invalid_union": {
      const meant = meantBranch(issue.errors);
      return meant ? meant.flatMap((inner) => problemsOf(inner, path, input)) : [withValue(issue.message, path, input)];
    }
    case "invalid_key":
      return [{ path, message: issue.issues[0]?.message ?? issue.message }];
    case "custom":
      return [{ path, message: issue.message }];
    default:
      return [withValue(issue.message, path, input)];
  }
}

/** The alternative of a union the writer had in mind: the one whose outer shape fits. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) => issues.length > 0 && !issues.some(isAboutOuterShape));
}

function isAboutOuterShape(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

function withValue(rule: string, path: ConfigPath, input: unknown): ConfigProblem {
  const value = valueAt(input, path);
  return { path, message: value === undefined ? `is missing; it ${rule}` : `${rule}, got ${shownValue(value, path)}` };
}
