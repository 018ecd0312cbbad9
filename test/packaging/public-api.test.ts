import { describe, expect, it } from "vitest";
import { packageNames, readManifest, readText } from "./workspace.ts";

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

/** The sources of a package's entries, by the name of the snapshot: `core`, `core-book`. */
function entriesOf(name: string): readonly { readonly name: string; readonly index: string }[] {
  return Object.entries(readManifest(`packages/${name}`).exports ?? {}).flatMap(([subpath, entry]) => {
    const source = typeof entry === "string" ? undefined : entry["@shardrock/source"];
    const index = source && readText(`packages/${name}/${source}`)?.replaceAll(comment, "");
    return index === undefined ? [] : [{ name: subpath.replace(".", name).replaceAll("/", "-"), index }];
  });
}

describe.each(packageNames.flatMap(entriesOf))("the public API of $name", ({ name, index }) => {
  // To accept a change: pnpm test public-api -u
  it("is what the snapshot says, so that every added or lost name is seen in the diff", async () => {
    await expect(`${exportedNames(index).join("\n")}\n`).toMatchFileSnapshot(`public-api/${name}.txt`);
  });

  it("is listed name by name, and the index does nothing else", () => {
    expect(index.replaceAll(exportList, "").trim()).toBe("");
  });
});
