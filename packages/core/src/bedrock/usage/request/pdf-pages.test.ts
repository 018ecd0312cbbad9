import { describe, expect, it } from "vitest";
import { byteSource } from "./byte-source.ts";
import { pdfPages } from "./pdf-pages.ts";

const page = "1 0 obj << /Type /Page /Parent 2 0 R >> endobj ";

describe("pages of a PDF", () => {
  it.each([
    ["%PDF-1.4 /Type /Pages /Type /Page x /Type/Page y /Type /Page z", 3],
    [page.repeat(12), 12],
    // Marks on both sides of where a window ends, and across it.
    [page.repeat(5_000), 5_000],
    ["%PDF-1.7 all compressed away", 1],
    ["", 1],
    ["x".repeat(175_000), 4],
  ])("are counted by their marks, else by size: %#", (text, pages) => {
    const bytes = Buffer.from(text);

    expect(pdfPages(byteSource(bytes)!)).toBe(pages);
    expect(pdfPages(byteSource(bytes.toString("base64"))!)).toBe(pages);
    expect(pdfPages(byteSource(`data:application/pdf;base64,${bytes.toString("base64")}`)!)).toBe(pages);
  });

  it("are counted once, wherever a mark lies", () => {
    for (let before = 98_280; before < 98_320; before++) {
      const bytes = Buffer.from(
        " ".repeat(before) + "/Type /Page " + " ".repeat(20_000) + "/Type/Page /Type/Page /Type/Page",
      );

      expect(pdfPages(byteSource(bytes)!)).toBe(4);
    }
  });
});
