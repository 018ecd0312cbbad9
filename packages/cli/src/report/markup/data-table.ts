import { type Content, type Markup, markup } from "./markup.ts";

export interface Column<Row> {
  readonly title: Content;
  readonly cell: (row: Row) => Content;
  /** Figures stand to the right; a row's name is its header. */
  readonly kind?: "name" | "figure" | "text";
}

export interface TableOptions<Row> {
  /** Said above it, and to who cannot see it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

/** A table in a frame that scrolls by keyboard where the page is narrow. */
export function dataTable<Row>({ caption, columns, rows }: TableOptions<Row>): Markup {
  const heads = columns.map(({ title, kind }) => markup`<th scope="col"${classOf(kind)}>${title}</th>`);
  const body = rows.map((row) => markup`<tr>${columns.map((column) => cellOf(column, row))}</tr>\n`);
  return tableFrame(
    caption,
    markup`<table><caption>${caption}</caption><thead><tr>${heads}</tr></thead><tbody>\n${body}</tbody></table>`,
  );
}

/** Anything that may be wider than the page. */
export function tableFrame(name: string, table: Markup): Markup {
  return markup`<div class="frame" role="region" tabindex="0" aria-label="${name}">${table}</div>\n`;
}

/** A table that is opened at will: what a chart was drawn from. */
export function foldedTable<Row>(summary: string, options: TableOptions<Row>): Markup {
  return markup`<details><summary>${summary}</summary>${dataTable(options)}</details>\n`;
}

function cellOf<Row>({ cell, kind }: Column<Row>, row: Row): Markup {
  if (kind === "name") return markup`<th scope="row">${cell(row)}</th>`;
  return markup`<td${classOf(kind)}>${cell(row)}</td>`;
}

function classOf(kind: Column<unknown>["kind"]): Content {
  return kind === "figure" && markup` class="figure"`;
}
