import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const staticImport = /^(?:import|export)(?! type)[^"]*?from "([^"]+)";|^import "([^"]+)";/gm;

/** Every package that a module loads before it does anything, by those it imports and those they import. */
function packagesLoadedBy(url: URL, seen: Set<string> = new Set()): ReadonlySet<string> {
  const packages = new Set<string>();
  if (seen.has(url.href)) return packages;
  seen.add(url.href);
  for (const [, from, bare] of readFileSync(url, "utf8").matchAll(staticImport)) {
    const name = from ?? bare ?? "";
    if (!name.startsWith(".")) packages.add(name);
    else for (const each of packagesLoadedBy(new URL(name, url), seen)) packages.add(each);
  }
  return packages;
}

it("loads nothing but the parser of the command line before it knows which command is wanted", () => {
  const loaded = packagesLoadedBy(new URL("./main.ts", import.meta.url));

  expect([...loaded].filter((name) => !name.startsWith("node:"))).toEqual(["commander"]);
});

it("would see a command that loads its work with its declaration", () => {
  const loaded = packagesLoadedBy(new URL("./run-command.ts", import.meta.url));

  expect([...loaded]).toContain("@shardrock/core");
});

it("the bin goes past the index, which loads what programs may want", () => {
  const bin = readFileSync(new URL("../../bin/shardrock.js", import.meta.url), "utf8");

  expect(bin).toContain('from "../dist/command-line/main.js"');
});
