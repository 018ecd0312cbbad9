import { expect, it } from "vitest";
import { refusedRole } from "./refused-role.ts";

const account = {
  id: "111111111111",
  roleArn: "arn:aws:iam::111111111111:role/shardrock",
  hasExternalId: true,
  durationSeconds: 3_600,
  hostArn: undefined,
  isHostLetInElsewhere: false,
};

function refused(name: string, message: string) {
  const cause = Object.assign(new Error(message), { name });
  return refusedRole(new Error(`no credentials: ${message}`, { cause }), account);
}

it("sends whoever has no credentials to the host's finding, not to STS, which was never asked", () => {
  expect(refused("CredentialsProviderError", "Could not load credentials from any providers")).toMatchObject({
    check: "role",
    message: expect.stringContaining("this machine has no AWS credentials of its own") as string,
    fix: "see the finding of the host",
  });
});

it.each([
  [
    "because no identity-based policy allows the sts:AssumeRole action",
    "allows sts:AssumeRole on it",
    "the hub policy",
  ],
  ["with an explicit deny in a service control policy", "an organization's policy", "in the words of STS"],
  [
    "because no resource-based policy allows the sts:AssumeRole action",
    "its trust policy does not let the host in",
    "compare sts:ExternalId",
  ],
  ["", "most likely its externalId is not the one the trust policy demands", "compare sts:ExternalId"],
])("tells a wrong ExternalId apart from what else denies, by STS's words: %j", (words, seen, fix) => {
  const said = `User: arn:aws:sts::999999999999:assumed-role/app/x is not authorized to perform: sts:AssumeRole on resource: r ${words}`;

  const finding = refused("AccessDenied", said);

  expect(finding.message).toContain(seen);
  expect(finding.fix).toContain(fix);
});
