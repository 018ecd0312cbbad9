import type { ByteSource } from "./byte-source.ts";

/** Text of a typical page and its share of fonts, in bytes of PDF. */
const bytesPerPage = 50_000;

/** Read at a time, in bytes: a whole number of base64 groups. */
const windowBytes = 96 * 1_024;

const marks = ["/Type/Page", "/Type /Page"];
const longestMark = 12;

/** Pages of a PDF, 1 up. Newer files compress the marks of their pages away; then the size has to do. */
export function pdfPages(file: ByteSource): number {
  const bySize = Math.max(1, Math.ceil(file.length / bytesPerPage));
  let marked = 0;
  for (let offset = 0; offset < file.length; offset += windowBytes) {
    marked += marksIn(file.read(offset, windowBytes + longestMark));
  }
  return Math.max(bySize, marked);
}

/** Marks that begin in the window; what follows it is there to read them to their end. */
function marksIn(bytes: Buffer): number {
  let found = 0;
  for (const mark of marks) {
    for (let at = bytes.indexOf(mark); at >= 0 && at < windowBytes; at = bytes.indexOf(mark, at + mark.length)) {
      if (bytes[at + mark.length] !== "s".charCodeAt(0)) found += 1;
    }
  }
  return found;
}
