import { describe, expect, it } from "vitest";
import { checkCaller } from "./caller-check.ts";

const asked = { accountId: "111111111111", roleArn: "arn:aws:iam::111111111111:role/teams/ai/Shardrock" };
const right = { Account: "111111111111", Arn: "arn:aws:sts::111111111111:assumed-role/Shardrock/desk" };

describe("whose session STS gave", () => {
  it.each([
    ["the role's", right],
    ["the role's, in other case", { ...right, Arn: right.Arn.replace("Shardrock", "shardrock") }],
    ["the role's, in another partition", { ...right, Arn: right.Arn.replace("arn:aws:", "arn:aws-us-gov:") }],
  ])("is right when it is %s", (_whose, caller) => {
    expect(() => checkCaller(asked, caller)).not.toThrow();
  });

  it.each([
    ["another account's", { Account: "222222222222", Arn: right.Arn.replace(/1{12}/, "222222222222") }],
    ["another account's by its number only", { ...right, Account: "222222222222" }],
    ["another account's by its ARN only", { ...right, Arn: right.Arn.replace(/1{12}/, "222222222222") }],
    ["another role's", { ...right, Arn: right.Arn.replace("Shardrock", "Administrator") }],
    ["a role's whose name begins alike", { ...right, Arn: right.Arn.replace("Shardrock", "Shardrock2") }],
    ["a user's", { ...right, Arn: "arn:aws:iam::111111111111:user/Shardrock" }],
    ["the account's root", { ...right, Arn: "arn:aws:iam::111111111111:root" }],
    ["a federated user's", { ...right, Arn: "arn:aws:sts::111111111111:federated-user/Shardrock" }],
    ["nonsense", { ...right, Arn: "x" }],
  ])("is wrong when it is %s", (_whose, caller) => {
    expect(() => checkCaller(asked, caller)).toThrow(expect.objectContaining({ code: "account-mismatch" }));
  });

  it.each([{}, { Account: right.Account }, { Arn: right.Arn }, { Account: "", Arn: "" }])(
    "is not known from %j, which is a failure and no mismatch",
    (caller) => {
      expect(() => checkCaller(asked, caller)).toThrow(/did not say/);
    },
  );
});
