/** Text that is markup already. Only `markup` makes it, so that nothing of a report reaches the page unescaped. */
export class Markup {
  readonly #text: string;

  constructor(parts: TemplateStringsArray, inner: readonly string[]) {
    this.#text = String.raw({ raw: parts }, ...inner);
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in markup: plain text is escaped, `null` and `false` are nothing. */
export type Content = string | number | Markup | null | false | readonly Content[];

/** Markup with everything between escaped, in text and in quoted attributes, unless it is markup itself. */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(parts, values.map(inner));
}

function inner(value: Content): string {
  if (value === null || value === false) return "";
  if (value instanceof Markup) return value.toString();
  if (typeof value === "string") return escaped(value);
  if (typeof value === "number") return String(value);
  return value.map(inner).join("");
}

const entities: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

function escaped(text: string): string {
  // Of control characters, HTML forbids these even as entities.
  // oxlint-disable-next-line no-control-regex
  const printable = text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g, "\u{FFFD}");
  return printable.replaceAll(/[&<>"']/g, (character) => entities.get(character) ?? character);
}
