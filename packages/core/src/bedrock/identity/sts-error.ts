import { errorFacts } from "../transport/error-facts.ts";
import { safeError } from "../transport/safe-error.ts";
import { ShardrockError } from "../../errors.ts";

export interface StsErrorOptions {
  /** Whose session STS was asked for; 12 digits. */
  readonly accountId: string;
  /** True: what STS says is passed on, without the secrets: it repeats a parameter it does not like. */
  readonly includeProviderMessage: boolean;
  readonly secrets: readonly (string | undefined)[];
}

/** What STS, or the way to the host's own credentials, threw, as a copy that leads to no request and no secret. */
export function stsError(error: unknown, { accountId, includeProviderMessage, secrets }: StsErrorOptions): Error {
  if (errorFacts(error).name === "CredentialsProviderError") {
    const message =
      "the host has no credentials of its own to ask STS with (CredentialsProviderError): give this process a role, or a profile, as for any client of the AWS SDK, or pass hostCredentials";
    return new ShardrockError("credentials-unavailable", message);
  }
  const redact = (text: string): string => redactAll(secrets, text);
  return safeError(error, { place: `STS, asked for account ${accountId}`, includeProviderMessage, redact });
}

function redactAll(secrets: readonly (string | undefined)[], text: string): string {
  return secrets.reduce<string>((left, secret) => (secret ? left.replaceAll(secret, "[redacted]") : left), text);
}
