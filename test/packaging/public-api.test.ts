import { describe, expect, it } from "vitest";
import { packageNames, readText } from "./workspace.ts";

const exportList = /^export (type )?\{([^}]*)\}(?: from "[^"]+")?;$/gm;
const comment = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** One line per exported name, sorted; `type` marks what is gone at run time. */
function exportedNames(index: string): readonly string[] {
  const names = [...index.matchAll(exportList)].flatMap(([, isTypeList, list = ""]) =>
    list
      .split(",")
      .filter((entry) => entry.trim() !== "")
      .map((entry) => `${isTypeList ?? ""}${entry.trim()}`),
  );
  return names.map((name) => name.replace(/^(type )?.* as /, "$1")).toSorted();
}

const indexes = packageNames
  .map((name) => ({ name, index: readText(`packages/${name}/src/index.ts`)?.replaceAll(comment, "") }))
  .filter((entry): entry is { name: string; index: string } => entry.index !== undefined);

describe.each(indexes)("the public API of $name", ({ name, index }) => {
  // To accept a change: pnpm test public-api -u
  it("is what the snapshot says, so that every added or lost name is seen in the diff", async () => {
    await expect(`${exportedNames(index).join("\n")}\n`).toMatchFileSnapshot(`public-api/${name}.txt`);
  });

  it("is listed name by name, and the index does nothing else", () => {
    expect(index.replaceAll(exportList, "").trim()).toBe("");
  });
});
