import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { TraceError } from "./trace-error.ts";

export interface TraceBytesOptions {
  /** What errors call the file; its path unless given. */
  readonly name?: string | undefined;
  /** Told how many bytes were read from the disk, as they are. */
  readonly onBytes?: ((count: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The text of a file in pieces, unpacked when it is gzip, whatever its name says. */
export async function* traceBytes(
  path: string,
  { name = path, onBytes, signal }: TraceBytesOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createReadStream(path, { highWaterMark: 2 ** 18, ...(signal !== undefined && { signal }) });
  yield* textBytes(counted(stream, onBytes), name);
}

/** The text in bytes that may be gzip. @throws {TraceError} when they are neither text nor whole gzip. */
export async function* textBytes(
  source: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { first, all } = await peeked(source);
  if (first[0] === 0x1f && first[1] === 0x8b) return yield* unpacked(all, file);
  const found = foreignKind(first);
  if (found !== undefined) throw new TraceError({ file }, { expected: "UTF-8 text or gzip of it", found });
  yield* all;
}

async function* unpacked(source: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array, void, undefined> {
  let isFirst = true;
  // Without a callback of its own a failure would be thrown where nobody can catch it; iterating tells it here.
  const gunzip = pipeline(Readable.from(source), createGunzip({ chunkSize: 2 ** 17 }), () => {});
  try {
    for await (const piece of gunzip) {
      if (!(piece instanceof Uint8Array)) continue;
      const found = isFirst ? foreignKind(piece) : undefined;
      if (found !== undefined) throw new TraceError({ file }, { expected: "gzip of UTF-8 text", found });
      isFirst = false;
      yield piece;
    }
  } catch (error) {
    throw isOfZlib(error)
      ? new TraceError({ file }, { expected: "whole gzip data", found: sayZlib(error.code) })
      : error;
  }
}

function isOfZlib(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}

function sayZlib(code: string): string {
  return code === "Z_BUF_ERROR" ? "data that ends too early" : "damaged data";
}

/** At least four bytes of what comes, where there are so many, and all of it. */
async function peeked(
  source: AsyncIterable<Uint8Array>,
): Promise<{ readonly first: Uint8Array; readonly all: AsyncIterable<Uint8Array> }> {
  const pieces = source[Symbol.asyncIterator]();
  let first = new Uint8Array();
  while (first.length < 4) {
    const next = await pieces.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  return { first, all: joined(first, pieces) };
}

async function* joined(
  first: Uint8Array,
  pieces: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (first.length > 0) yield first;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
  } finally {
    await pieces.return?.();
  }
}

async function* counted(
  source: AsyncIterable<unknown>,
  onBytes: ((count: number) => void) | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of source) {
    if (!(piece instanceof Uint8Array)) continue;
    onBytes?.(piece.length);
    yield piece;
  }
}

const foreignKinds: readonly (readonly [beginning: string, kind: string])[] = [
  ["PK\u0003\u0004", "a zip archive"],
  ["PAR1", "a Parquet file"],
  ["(\u00b5/\u00fd", "zstd"],
  ["\u00ff\u00fe", "UTF-16 text"],
  ["\u00fe\u00ff", "UTF-16 text"],
  ["BZh", "bzip2"],
];

/** What bytes are that are no text in UTF-8. */
function foreignKind(bytes: Uint8Array): string | undefined {
  const beginning = Buffer.from(bytes.subarray(0, 4)).toString("latin1");
  const known = foreignKinds.find(([start]) => beginning.startsWith(start));
  return known?.[1] ?? (bytes.subarray(0, 1_024).includes(0) ? "binary data" : undefined);
}
