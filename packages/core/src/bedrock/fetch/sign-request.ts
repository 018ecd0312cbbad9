import { SignatureV4 } from "@smithy/signature-v4";
import type { HttpRequest } from "@smithy/types";
import type { RoleIdentity } from "../identity/role-identity.ts";
import { NodeSha256 } from "./node-sha256.ts";

export interface Signing {
  readonly identity: RoleIdentity;
  readonly region: string;
  /** Name of the service in the signature's scope. */
  readonly service: "bedrock" | "bedrock-mantle";
  /** Milliseconds since 1970. */
  readonly epochMs: number;
}

/** The request with a SigV4 signature over its path, query, headers and body; the body must be bytes. */
export function signRequest(
  request: HttpRequest,
  { identity, region, service, epochMs }: Signing,
): Promise<HttpRequest> {
  const signer = new SignatureV4({ credentials: identity, region, service, sha256: NodeSha256 });
  // The signer takes a number as seconds.
  return signer.sign(request, { signingDate: epochMs / 1000 });
}
