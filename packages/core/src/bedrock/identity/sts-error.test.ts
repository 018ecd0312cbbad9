import { describe, expect, it } from "vitest";
import { stsError } from "./sts-error.ts";

const options = { accountId: "222222222222", includeProviderMessage: false, secrets: ["an-external-id", undefined] };
const denied = Object.assign(new Error("an-external-id is wrong"), {
  name: "AccessDenied",
  $fault: "client",
  $metadata: { httpStatusCode: 403 },
});

describe("an error of STS", () => {
  it("names the account and what was wrong, and not what STS said", () => {
    expect(stsError(denied, options)).toMatchObject({
      name: "AccessDenied",
      message: expect.stringMatching(
        /^AccessDenied from STS, asked for account 222222222222 \(HTTP 403\); what it says is left out/,
      ),
    });
  });

  it("says without the secrets what STS said, when that is asked for", () => {
    const error = stsError(denied, { ...options, includeProviderMessage: true });

    expect(error.message).toMatch(/: \[redacted\] is wrong$/);
    expect(error.stack).not.toContain("an-external-id");
  });

  it("says that it was the host that had no credentials", () => {
    const lost = Object.assign(new Error("Could not load /home/me"), { name: "CredentialsProviderError" });

    expect(stsError(lost, options)).toMatchObject({
      code: "credentials-unavailable",
      message: expect.stringMatching(/^the host has no credentials/),
    });
  });
});
