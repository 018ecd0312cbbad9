import type { AuthRefusal, AuthRefusalReason } from "./authenticate.ts";

/** One refusal as the two services word it: error name and message. */
interface Wording {
  readonly bedrock: readonly [type: string, message: string];
  readonly sts: readonly [code: string, message: string];
}

const mismatch =
  "The request signature we calculated does not match the signature you provided. " +
  "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
const invalidToken = "The security token included in the request is invalid.";
const expiredToken = "The security token included in the request is expired";
const incomplete = "Authorization header requires 'Credential', 'Signature', 'SignedHeaders' and 'X-Amz-Date'.";

const badSignature: Wording = {
  bedrock: ["InvalidSignatureException", mismatch],
  sts: ["SignatureDoesNotMatch", mismatch],
};
const badToken: Wording = {
  bedrock: ["UnrecognizedClientException", invalidToken],
  sts: ["InvalidClientTokenId", invalidToken],
};

/**
 * AWS's names and words for each reason.
 * Source: error texts in public issues of litellm, opencode and the AWS SDKs, and "Common errors" of the STS API
 * reference (2026-11-22).
 */
const wordings: Readonly<Record<AuthRefusalReason, Wording>> = {
  "bearer-token": {
    bedrock: ["AccessDeniedException", "Authentication failed: Please make sure your API Key is valid."],
    sts: ["MissingAuthenticationToken", "Request is missing Authentication Token"],
  },
  "missing-authentication": {
    bedrock: ["MissingAuthenticationTokenException", "Missing Authentication Token"],
    sts: ["MissingAuthenticationToken", "Request is missing Authentication Token"],
  },
  "incomplete-signature": {
    bedrock: ["IncompleteSignatureException", incomplete],
    sts: ["IncompleteSignature", incomplete],
  },
  "unknown-access-key": badToken,
  "session-token-mismatch": badToken,
  "expired-session": {
    bedrock: ["ExpiredTokenException", expiredToken],
    sts: ["ExpiredToken", expiredToken],
  },
  "wrong-scope": badSignature,
  "clock-skew": badSignature,
  "unsigned-header": badSignature,
  "body-hash-mismatch": badSignature,
  "signature-mismatch": badSignature,
};

/** The error name and message of a refusal; the status is 403 for each. */
export function wordingOf(
  refusal: AuthRefusal,
  service: keyof Wording,
): { readonly name: string; readonly message: string } {
  const [name, message] = wordings[refusal.reason][service];
  return { name, message: refusal.detail ?? message };
}
