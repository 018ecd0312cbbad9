import { stringify } from "yaml";
import type { PolicyDocument } from "../policy.ts";

/** A template, or a part of one. */
export type Part = string | number | boolean | readonly Part[] | { readonly [name: string]: Part };

/** YAML as CloudFormation reads it, always the same bytes for the same parts. */
export function templateText(part: Part): string {
  return stringify(part, { aliasDuplicateObjects: false, lineWidth: 0, version: "1.1" });
}

/** A policy as a template holds it: what is only known where it is deployed becomes a reference. */
export function policyPart(document: PolicyDocument, references: ReadonlyMap<string, Part>): Part {
  const Statement = document.Statement.map((statement) => partOf(statement, references));
  return { Version: document.Version, Statement };
}

function partOf(value: unknown, references: ReadonlyMap<string, Part>): Part {
  if (typeof value === "string") return references.get(value) ?? (value.includes("${") ? { "Fn::Sub": value } : value);
  if (Array.isArray(value)) return value.map((each: unknown) => partOf(each, references));
  if (typeof value !== "object" || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, partOf(each, references)]));
}

/** The section of parameters; none where there are none. */
export function withParameters(parameters: Readonly<Record<string, Part>>): Readonly<Record<string, Part>> {
  return Object.keys(parameters).length === 0 ? {} : { Parameters: parameters };
}
