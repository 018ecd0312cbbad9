import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";

/** One file of a trace. */
export interface TraceFile {
  readonly path: string;
  /** On the disk, in bytes. */
  readonly bytes: number;
}

/**
 * The files of a trace: the one named, or all in a folder and below by the time their names begin with, as S3 holds
 * invocation logs of several accounts and Regions. What Bedrock lays beside its logs is left out: bodies too large for
 * them, and the file it tries its permission with.
 * @throws {Error} of the file system, when there is no such path.
 */
export async function traceFiles(path: string): Promise<readonly TraceFile[]> {
  const found = await stat(path);
  if (!found.isDirectory()) return [{ path, bytes: found.size }];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  const wanted = entries.filter(
    (entry) => entry.isFile() && isLog(entry.name) && basename(entry.parentPath) !== "data",
  );
  const paths = wanted.map((entry) => join(entry.parentPath, entry.name)).toSorted(byName);
  const sizes = await Promise.all(paths.map((each) => stat(each)));
  return paths.map((each, place) => ({ path: each, bytes: sizes[place]?.size ?? 0 }));
}

function isLog(name: string): boolean {
  return !name.startsWith(".") && name !== "amazon-bedrock-logs-permission-check";
}

function byName(one: string, other: string): number {
  const [name, otherName] = [basename(one), basename(other)];
  if (name !== otherName) return name < otherName ? -1 : 1;
  return one < other ? -1 : Number(one > other);
}
