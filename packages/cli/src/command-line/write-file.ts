import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, constants, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/**
 * Writes a file whole or not at all: under another name beside it, which takes the place of the old one at the end.
 * @param path - gzip when it ends in `.gz`.
 * @param signal - when it aborts, nothing is left of it.
 * @throws what the pieces or the file system throw.
 */
export async function writeFileWhole(
  path: string,
  pieces: Iterable<string> | AsyncIterable<string>,
  signal: AbortSignal,
): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}.unfinished`);
  try {
    const text = Readable.from(pieces, { objectMode: true, highWaterMark: 4 });
    const file = createWriteStream(unfinished, { flags: "wx" });
    await (path.endsWith(".gz") ? pipeline(text, createGzip(), file, { signal }) : pipeline(text, file, { signal }));
    signal.throwIfAborted();
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    // Whoever typed the path knows nothing of the other one.
    if (error instanceof Error && "path" in error && error.path === unfinished) Object.assign(error, { path });
    throw error;
  }
}

/** Looks whether a file can be written there, before the work that it is for. @throws {Error} of the file system, when it cannot. */
export async function demandWritable(path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw Object.assign(error instanceof Error ? error : new Error(String(error)), { path });
  }
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw Object.assign(new Error(`${path} is a folder`), { code: "EISDIR", path });
}
