import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { writeFileWhole } from "./write-file.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "shardrock-write-"));
const never = new AbortController().signal;

it("writes a file in one go, as gzip where the name says so, and leaves nothing else", async () => {
  const place = folder();

  await writeFileWhole(join(place, "a.csv"), ["one\n", "two\n"], never);
  await writeFileWhole(join(place, "a.csv.gz"), ["one\n", "two\n"], never);

  expect(readFileSync(join(place, "a.csv"), "utf8")).toBe("one\ntwo\n");
  expect(gunzipSync(readFileSync(join(place, "a.csv.gz"))).toString()).toBe("one\ntwo\n");
  expect(readdirSync(place).toSorted()).toEqual(["a.csv", "a.csv.gz"]);
});

it.each(["a.csv", "a.csv.gz"])("leaves the old %s as it was when it is interrupted half way", async (name) => {
  const place = folder();
  writeFileSync(join(place, name), "old");
  const controller = new AbortController();
  async function* pieces() {
    yield "half\n";
    controller.abort(new Error("stop"));
    yield "the rest\n";
  }

  await expect(writeFileWhole(join(place, name), pieces(), controller.signal)).rejects.toThrow(/abort|stop/);

  expect(readFileSync(join(place, name), "utf8")).toBe("old");
  expect(readdirSync(place)).toEqual([name]);
});

it("leaves nothing when what is written throws", async () => {
  const place = folder();
  function* pieces() {
    yield "half\n";
    throw new Error("no more");
  }

  await expect(writeFileWhole(join(place, "a.csv"), pieces(), never)).rejects.toThrow("no more");

  expect(readdirSync(place)).toEqual([]);
});
