import { createHmac, hash } from "node:crypto";
import { headerOf, type WireRequest } from "./wire-request.ts";

/** What an `Authorization: AWS4-HMAC-SHA256 …` header says. */
export interface Authorization {
  readonly accessKeyId: string;
  /** `20261122` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  /** Hexadecimal, as sent. */
  readonly signature: string;
}

const authorizationHeader =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/;

/** Reads the header; undefined when it is not of SigV4's form. */
export function parseAuthorization(header: string): Authorization | undefined {
  const [, accessKeyId, date, region, service, signedHeaders, signature] = authorizationHeader.exec(header) ?? [];
  if (!accessKeyId || !date || !region || !service || !signedHeaders || !signature) return undefined;
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(";"), signature };
}

/** SHA-256 of a body, hexadecimal. */
export function bodyHashOf(body: Uint8Array): string {
  return hash("sha256", body);
}

/**
 * The signature the request should carry.
 * @param authorization - its scope and signed headers; not its signature.
 * @param bodyHash - of the body that arrived, never of what a header claims.
 * Source: AWS IAM User Guide, "Create a signed AWS API request" (2026-11-22); the SDK is the judge in the tests.
 */
export function signatureOf(
  request: WireRequest,
  authorization: Omit<Authorization, "signature">,
  keys: { readonly signingKey: Buffer; readonly bodyHash: string },
): Buffer {
  const { date, region, service } = authorization;
  const canonical = canonicalRequest(request, authorization.signedHeaders, keys.bodyHash);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${headerOf(request, "x-amz-date")}\n${scope}\n${hash("sha256", canonical)}`;
  return createHmac("sha256", keys.signingKey).update(toSign).digest();
}

/** The key for a day, Region and service. */
export function signingKeyOf(
  secretAccessKey: string,
  scope: { readonly date: string; readonly region: string; readonly service: string },
): Buffer {
  const steps = [scope.date, scope.region, scope.service, "aws4_request"];
  return steps.reduce<Buffer>(
    (key, step) => createHmac("sha256", key).update(step).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
}

function canonicalRequest(request: WireRequest, signedHeaders: readonly string[], bodyHash: string): string {
  const headers = signedHeaders.map((name) => `${name}:${canonicalValue(headerOf(request, name) ?? "")}\n`).join("");
  const path = canonicalPath(request.path);
  const query = canonicalQuery(request.query);
  return `${request.method}\n${path}\n${query}\n${headers}\n${signedHeaders.join(";")}\n${bodyHash}`;
}

function canonicalValue(value: string): string {
  return value.trim().replace(/[ \t]{2,}/g, " ");
}

/** Every service but S3 signs the path as sent, escaped once more: `%3A` becomes `%253A`, a raw `:` becomes `%3A`. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(escape(segment));
  }
  const end = path.endsWith("/") && segments.length > 0 ? "/" : "";
  return `/${segments.join("/")}${end}`;
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  // Sorted by name, then by value: the line feed sorts before whatever a name may go on with.
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${escape(name)}\n${escape(value)}`);
  return pairs.sort().join("&").replaceAll("\n", "=");
}

function escape(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
