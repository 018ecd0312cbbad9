import type { Markup } from "../markup/markup.ts";

/** A part of the page with a place in its list of contents. */
export interface Section {
  /** Of the page's own making: lower case and dashes. */
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}
