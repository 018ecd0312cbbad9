/** Parses JSON text or bytes; undefined when it is none. */
export function parseJson(body: unknown): unknown {
  const text = typeof body === "string" ? body : asBuffer(body)?.toString();
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // whether that is an error is for AWS to say
  }
}

/** The same bytes as a Buffer, not copied; undefined when they are no bytes. */
export function asBuffer(body: unknown): Buffer | undefined {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return body instanceof ArrayBuffer ? Buffer.from(body) : undefined;
}
