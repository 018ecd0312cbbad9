/** Names that hold a credential, without case, `_` and `-`. An `externalId` is none: it opens nothing by itself. */
const credentialNames: ReadonlySet<string> = new Set([
  "accesskey",
  "accesskeyid",
  "secretkey",
  "secretaccesskey",
  "sessiontoken",
  "securitytoken",
  "bearertoken",
  "bearertokenbedrock",
  "apikey",
  "bedrockapikey",
]);

/**
 * Access key ids, of users (AKIA) and of sessions (ASIA), and Bedrock API keys, long-lived (ABSK) and short.
 * Source: AWS IAM, "Unique identifiers" and "Amazon Bedrock API keys" (read 2026-11-22).
 */
const credentialValue = /(?<![A-Z0-9])(AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])|ABSK[A-Za-z0-9+/=]{40}|bedrock-api-key-/;

/** Whether an option of this name would hold a credential. */
export function isCredentialName(name: string): boolean {
  return credentialNames.has(name.replaceAll(/[_-]/g, "").toLowerCase().replace(/^aws/, ""));
}

/** Whether a text is, or has in it, something that opens an AWS account. */
export function looksLikeCredential(text: string): boolean {
  return credentialValue.test(text);
}
