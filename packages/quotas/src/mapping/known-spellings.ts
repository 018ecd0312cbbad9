import { readIdModel } from "./id-model.ts";
import { irregularNames } from "./irregular-names.ts";
import { plainText } from "./plain-text.ts";
import { readRowModel } from "./row-model.ts";

const namesByRow = new Map<string, string>();
const namesById = new Map<string, string>();

for (const { id, rows } of irregularNames) {
  const names = rows.flatMap(nameOfRow);
  const [name] = names;
  const byRule = readIdModel(id);
  if (name === undefined || byRule === undefined) continue;
  namesById.set(byRule, name);
  for (const spelling of names) namesByRow.set(spelling, name);
}

/** The one name of a model that rows spell in several ways. */
export function nameOfSpelling(byRule: string): string {
  return namesByRow.get(byRule) ?? byRule;
}

/** What rows call a model whose id says something else. */
export function nameOfIrregularId(byRule: string): string {
  return namesById.get(byRule) ?? byRule;
}

function nameOfRow(row: string): readonly string[] {
  const read = readRowModel(plainText(row) ?? "");
  return read.kind === "row-model" ? [read.model] : [];
}
