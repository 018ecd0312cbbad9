/** Which part of a list is asked for. */
export interface PageWish {
  /** As it came, whatever it is; undefined: the most there may be. */
  readonly size: unknown;
  readonly token: unknown;
  readonly mostRows: number;
}

export interface Page<Row> {
  readonly kind: "page";
  readonly rows: readonly Row[];
  /** What to ask for the next part with; undefined: this was the last. */
  readonly next: string | undefined;
}

/** Cuts a page out of a list; `size` or `token`: that is what is wrong. Tokens are good for the same list only. */
export function pageOf<Row>(
  list: string,
  rows: readonly Row[],
  { size = undefined, token, mostRows }: PageWish,
): Page<Row> | "size" | "token" {
  const length = size ?? mostRows;
  if (typeof length !== "number" || !Number.isInteger(length) || length < 1 || length > mostRows) return "size";
  const from = token === undefined ? 0 : offsetIn(list, token);
  if (from === undefined || (from > 0 && from >= rows.length)) return "token";
  const end = from + length;
  const next = end < rows.length ? Buffer.from(`${list}:${end}`).toString("base64") : undefined;
  return { kind: "page", rows: rows.slice(from, end), next };
}

function offsetIn(list: string, token: unknown): number | undefined {
  const text = typeof token === "string" ? Buffer.from(token, "base64").toString("utf8") : "";
  const [, name, offset] = /^(.*):(\d+)$/s.exec(text) ?? [];
  return name === list && offset !== undefined ? Number(offset) : undefined;
}
