import { describe, expect, it } from "vitest";
import { readText } from "./workspace.ts";

/** `S1` to `S10` and so on: every line of the checklist. */
const lines = Object.entries({ S: 10, D: 9, I: 7, R: 6 }).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
);

const rows = (readText("SECURITY.md") ?? "")
  .split("\n")
  .filter((text) => /^\| [SDIR]\d/.test(text))
  .map((text) => {
    const [id = "", promise = "", test = "", title = ""] = text
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { id, promise, file: test.replaceAll("`", ""), title };
  });

describe("the security checklist", () => {
  it("has every line once, in order", () => {
    expect(rows.map(({ id }) => id)).toEqual(lines);
  });

  it.each(rows.filter(({ file }) => file !== "–"))("names a test that exists for $id: $title", ({ file, title }) => {
    const source = readText(file);

    expect(source, `${file} does not exist`).toBeDefined();
    expect(source).toContain(JSON.stringify(title).slice(1, -1));
    expect(title.length).toBeGreaterThan(10);
  });

  it.each(rows.filter(({ file }) => file === "–"))("says why $id has none", ({ title }) => {
    expect(title.length).toBeGreaterThan(20);
  });
});
