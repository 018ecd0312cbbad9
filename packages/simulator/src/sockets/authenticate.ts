import { timingSafeEqual } from "node:crypto";
import type { Clock } from "@shardrock/core";
import { amzDateOf, parseAmzDate } from "./amz-time.ts";
import type { Principal, Principals } from "./principals.ts";
import { type Authorization, bodyHashOf, parseAuthorization, signatureOf, signingKeyOf } from "./signature.ts";
import { headerOf, type WireRequest } from "./wire-request.ts";

/** A request whose signature was found right. */
export interface Authenticated {
  readonly kind: "authenticated";
  readonly principal: Principal;
  /** Of the credential scope: one port serves every Region, so the signature is what names it. */
  readonly region: string;
  /** Of the credential scope too. */
  readonly service: Service;
  /** SHA-256 of the body, hexadecimal. */
  readonly bodyHash: string;
}

/** Why a request was turned away before anyone looked at what it asks. */
export type AuthRefusalReason =
  | "bearer-token"
  | "missing-authentication"
  | "incomplete-signature"
  | "unknown-access-key"
  | "session-token-mismatch"
  | "expired-session"
  | "wrong-scope"
  | "clock-skew"
  | "unsigned-header"
  | "body-hash-mismatch"
  | "signature-mismatch";

export interface AuthRefusal {
  readonly kind: "refused";
  readonly reason: AuthRefusalReason;
  /** The numbers AWS puts into its message, if any. */
  readonly detail?: string;
}

export type Service = "bedrock" | "bedrock-mantle" | "monitoring" | "servicequotas" | "sts";

/** Services that may answer at a path; the first is the one to name in a refusal. */
export type Services = readonly [Service, ...Service[]];

/** How far `X-Amz-Date` may be off. Source: AWS IAM User Guide, "Troubleshoot signed requests" (2026-11-22). */
const largestSkewMs = 5 * 60_000;
/** Derived keys kept; they change daily and with every session. */
const mostSigningKeys = 10_000;

/** Verifies SigV4 signatures against the credentials it knows. */
export class Authenticator {
  readonly #principals: Principals;
  readonly #clock: Clock;
  readonly #regions: ReadonlySet<string> | undefined;
  readonly #signingKeys = new Map<string, Buffer>();

  /** @param regions - the Regions that exist; undefined: every name does. */
  constructor(principals: Principals, clock: Clock, regions: readonly string[] | undefined) {
    this.#principals = principals;
    this.#clock = clock;
    this.#regions = regions && new Set(regions);
  }

  authenticate(request: WireRequest, services: Services): Authenticated | AuthRefusal {
    const header = headerOf(request, "authorization");
    if (header === undefined) return refused("missing-authentication");
    if (/^bearer /i.test(header)) return refused("bearer-token");
    const authorization = parseAuthorization(header);
    if (authorization === undefined) return refused("incomplete-signature");
    const principal = this.#principals.find(authorization.accessKeyId);
    if (principal === undefined) return refused("unknown-access-key");
    const bodyHash = bodyHashOf(request.body);
    const reason =
      this.#checkScope(authorization, services) ??
      this.#checkTime(request, authorization) ??
      checkHeaders(request, authorization, bodyHash) ??
      this.#checkSignature(request, authorization, { principal, bodyHash }) ??
      this.#checkSession(request, principal);
    if (reason !== undefined) return reason;
    const service = services.find((each) => each === authorization.service) ?? services[0];
    return { kind: "authenticated", principal, region: authorization.region, service, bodyHash };
  }

  #checkScope({ service, region }: Authorization, services: Services): AuthRefusal | undefined {
    if (!services.some((each) => each === service)) {
      return refused("wrong-scope", `Credential should be scoped to correct service: '${services[0]}'.`);
    }
    if (this.#regions === undefined || this.#regions.has(region)) return undefined;
    return refused("wrong-scope", "Credential should be scoped to a valid region.");
  }

  #checkTime(request: WireRequest, { date }: Authorization): AuthRefusal | undefined {
    const text = headerOf(request, "x-amz-date") ?? "";
    const signedAtMs = parseAmzDate(text);
    if (signedAtMs === undefined) return refused("incomplete-signature");
    if (!text.startsWith(date)) return refused("wrong-scope", "Date in Credential scope does not match YYYYMMDD.");
    const nowMs = this.#clock.epochMs();
    if (Math.abs(signedAtMs - nowMs) <= largestSkewMs) return undefined;
    const now = amzDateOf(nowMs);
    if (signedAtMs < nowMs) {
      const edge = amzDateOf(nowMs - largestSkewMs);
      return refused("clock-skew", `Signature expired: ${text} is now earlier than ${edge} (${now} - 5 min.)`);
    }
    const edge = amzDateOf(nowMs + largestSkewMs);
    return refused("clock-skew", `Signature not yet current: ${text} is still later than ${edge} (${now} + 5 min.)`);
  }

  #checkSignature(
    request: WireRequest,
    authorization: Authorization,
    { principal, bodyHash }: { readonly principal: Principal; readonly bodyHash: string },
  ): AuthRefusal | undefined {
    const signingKey = this.#signingKey(principal, authorization);
    const expected = signatureOf(request, authorization, { signingKey, bodyHash });
    const given = Buffer.from(authorization.signature, "hex");
    return timingSafeEqual(expected, given) ? undefined : refused("signature-mismatch");
  }

  #checkSession(request: WireRequest, principal: Principal): AuthRefusal | undefined {
    if (headerOf(request, "x-amz-security-token") !== principal.sessionToken) return refused("session-token-mismatch");
    return this.#clock.epochMs() >= principal.expiresAtMs ? refused("expired-session") : undefined;
  }

  #signingKey(principal: Principal, scope: Authorization): Buffer {
    const name = `${principal.accessKeyId}/${scope.date}/${scope.region}/${scope.service}`;
    const known = this.#signingKeys.get(name);
    if (known !== undefined) return known;
    if (this.#signingKeys.size >= mostSigningKeys) this.#signingKeys.clear();
    const key = signingKeyOf(principal.secretAccessKey, scope);
    this.#signingKeys.set(name, key);
    return key;
  }
}

/** The host and every `x-amz-` header must be signed, and a claimed body hash must be the body's. */
function checkHeaders(
  request: WireRequest,
  { signedHeaders }: Authorization,
  bodyHash: string,
): AuthRefusal | undefined {
  const signed = new Set(signedHeaders);
  if (!signed.has("host") && !signed.has(":authority")) {
    return refused("unsigned-header", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  for (const name in request.headers) {
    if (name.startsWith("x-amz-") && !signed.has(name)) {
      return refused("unsigned-header", `'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
    }
  }
  const claimed = headerOf(request, "x-amz-content-sha256");
  return claimed === undefined || claimed === bodyHash ? undefined : refused("body-hash-mismatch");
}

function refused(reason: AuthRefusalReason, detail?: string): AuthRefusal {
  return detail === undefined ? { kind: "refused", reason } : { kind: "refused", reason, detail };
}
