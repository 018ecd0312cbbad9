/** A value of an attribute, as it is written: quoted text, a reference, a list. */
export type Expression = string;

/** One line of a block, a block inside it, or a text of several lines. */
export type Entry =
  | { readonly kind: "attribute"; readonly name: string; readonly value: Expression }
  | { readonly kind: "document"; readonly name: string; readonly text: string }
  | { readonly kind: "block"; readonly header: string; readonly entries: readonly Entry[] };

export function attribute(name: string, value: Expression): Entry {
  return { kind: "attribute", name, value };
}

/** JSON over several lines, in which `${…}` is Terraform's. */
export function document(name: string, value: unknown): Entry {
  return { kind: "document", name, text: JSON.stringify(value, undefined, 2) };
}

export function block(header: string, entries: readonly Entry[]): Entry {
  return { kind: "block", header, entries };
}

/** A text in quotes, as Terraform reads it; `${…}` in it is a reference. */
export function quoted(text: string): Expression {
  return JSON.stringify(text);
}

/** A file, laid out as `terraform fmt` does. */
export function terraformText(entries: readonly Entry[]): string {
  return `${entries.map((entry) => written(entry, "")).join("\n\n")}\n`;
}

/** Attributes of one line that follow each other have their equals signs in one column; anything longer stands apart. */
function written(entry: Entry, indent: string): string {
  switch (entry.kind) {
    case "attribute":
      return `${indent}${entry.name} = ${entry.value}`;
    case "document": {
      const lines = entry.text.split("\n").map((line) => `${indent}  ${line}`);
      return [`${indent}${entry.name} = <<-JSON`, ...lines, `${indent}JSON`].join("\n");
    }
    case "block": {
      const runs = runsOf(entry.entries).map((run) => writtenRun(run, `${indent}  `));
      return runs.length === 0
        ? `${indent}${entry.header} {}`
        : [`${indent}${entry.header} {`, runs.join("\n\n"), `${indent}}`].join("\n");
    }
    default:
      return entry satisfies never;
  }
}

function writtenRun(run: readonly Entry[], indent: string): string {
  const widest = Math.max(...run.map((entry) => (entry.kind === "attribute" ? entry.name.length : 0)));
  return run
    .map((entry) => written(entry.kind === "attribute" ? { ...entry, name: entry.name.padEnd(widest) } : entry, indent))
    .join("\n");
}

function runsOf(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const runs: Entry[][] = [];
  for (const entry of entries) {
    const last = runs.at(-1);
    if (last !== undefined && entry.kind === "attribute" && last.every(({ kind }) => kind === "attribute"))
      last.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
