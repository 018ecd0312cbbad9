import type { STS } from "@aws-sdk/client-sts";
import { systemClock } from "@shardrock/core";
import { describe, expect, it } from "vitest";
import { converseInput, errorOf, host, role, startRig } from "./sockets.test.kit.ts";

const asked = { RoleArn: role.roleArn, RoleSessionName: "shardrock", ExternalId: role.externalId };

describe("GetCallerIdentity", () => {
  it("knows the host and a session of a role", async () => {
    await using rig = await startRig();

    const identity = await rig.sts().getCallerIdentity({});
    const session = await rig.sts(await rig.session()).getCallerIdentity({});

    expect(identity).toMatchObject({ Account: host.accountId, Arn: "arn:aws:iam::999900001111:user/AKIAHOST" });
    expect(session).toMatchObject({
      Account: role.accountId,
      Arn: "arn:aws:sts::111122223333:assumed-role/bedrock/test",
    });
    expect(session.UserId).toMatch(/^AROA[0-9A-F]{16}:test$/);
  });

  it("refuses a wrong secret", async () => {
    await using rig = await startRig();

    const error = await errorOf(rig.sts({ ...host, secretAccessKey: "guessed" }).getCallerIdentity({}));

    expect(error.name).toBe("SignatureDoesNotMatch");
    expect(error.$metadata?.httpStatusCode).toBe(403);
  });
});

describe("AssumeRole", () => {
  it("opens a session that calls Bedrock as the role's account", async () => {
    await using rig = await startRig();

    const { Credentials, AssumedRoleUser, $metadata } = await rig.sts().assumeRole(asked);
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    await rig.runtime(session).converse(converseInput(3));

    expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(AssumedRoleUser?.Arn).toBe("arn:aws:sts::111122223333:assumed-role/bedrock/shardrock");
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(rig.book.asked).toMatchObject([{ accountId: role.accountId }]);
  });

  it("records what the client asked for, and echoes the SourceIdentity", async () => {
    await using rig = await startRig();

    const output = await rig.sts().assumeRole({
      ...asked,
      SourceIdentity: "hub",
      DurationSeconds: 900,
      Tags: [
        { Key: "team", Value: "risk & <co>" },
        { Key: "stage", Value: "test" },
      ],
      TransitiveTagKeys: ["team"],
    });

    expect(output.SourceIdentity).toBe("hub");
    expect(rig.aws.sessions()).toMatchObject([
      {
        accountId: role.accountId,
        roleArn: role.roleArn,
        sessionName: "shardrock",
        callerArn: "arn:aws:iam::999900001111:user/AKIAHOST",
        region: "eu-west-1",
        externalId: "ext-1",
        sourceIdentity: "hub",
        tags: { team: "risk & <co>", stage: "test" },
        transitiveTagKeys: ["team"],
        durationSeconds: 900,
        expiresAtMs: output.Credentials?.Expiration?.getTime(),
      },
    ]);
  });

  it.each([
    [undefined, 3600],
    [900, 900],
    [43_200, 43_200],
  ])("gives a session asked for %s seconds a lifetime of %i", async (duration, seconds) => {
    const nowMs = Math.floor(systemClock.epochMs() / 1000) * 1000;
    await using rig = await startRig({ clock: { ...systemClock, epochMs: () => nowMs } });

    const output = await rig.sts().assumeRole(duration === undefined ? asked : { ...asked, DurationSeconds: duration });

    expect(output.Credentials?.Expiration?.getTime()).toBe(nowMs + seconds * 1000);
  });

  it.each<[string, object]>([
    ["an ExternalId that is wrong", { ExternalId: "ext-2" }],
    ["no ExternalId", { ExternalId: undefined }],
    ["a role that does not exist", { RoleArn: "arn:aws:iam::111122223333:role/other" }],
  ])("denies %s in AWS's words", async (_name, wrong) => {
    await using rig = await startRig();
    const input = { ...asked, ...wrong };

    const error = await errorOf(rig.sts().assumeRole(input));

    expect(error.name).toBe("AccessDenied");
    expect(error.$metadata?.httpStatusCode).toBe(403);
    expect(error.message).toBe(
      `User: arn:aws:iam::999900001111:user/AKIAHOST is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`,
    );
    expect(rig.aws.sessions()).toEqual([]);
  });

  it.each<[string, object, string]>([
    ["a session that is too short", { DurationSeconds: 899 }, "greater than or equal to 900"],
    ["a session that is too long", { DurationSeconds: 43_201 }, "less than or equal to 43200"],
    ["a session name with a space", { RoleSessionName: "my session" }, "regular expression pattern"],
    ["a role that is no ARN", { RoleArn: "bedrock" }, "bedrock is invalid"],
  ])("finds %s invalid", async (_name, wrong, message) => {
    await using rig = await startRig();

    const error = await errorOf(rig.sts().assumeRole({ ...asked, ...wrong }));

    expect(error.name).toBe("ValidationError");
    expect(error.$metadata?.httpStatusCode).toBe(400);
    expect(error.message).toContain(message);
  });

  it("trusts only whom the role trusts", async () => {
    const stranger = { accountId: "555566667777", accessKeyId: "AKIASTRANGER", secretAccessKey: "s" };
    const byKey = {
      ...role,
      roleArn: `${role.roleArn}-key`,
      trusts: { kind: "access-keys", accessKeyIds: ["AKIASTRANGER"] },
    } as const;
    await using rig = await startRig({ callers: [host, stranger], roles: [role, byKey] });
    const assume = (sts: STS, RoleArn: string): Promise<unknown> => sts.assumeRole({ ...asked, RoleArn });

    await assume(rig.sts(host), role.roleArn);
    await assume(rig.sts(stranger), byKey.roleArn);

    expect((await errorOf(assume(rig.sts(stranger), role.roleArn))).name).toBe("AccessDenied");
    expect((await errorOf(assume(rig.sts(host), byKey.roleArn))).name).toBe("AccessDenied");
  });

  it("lets a role's session assume another role for an hour at most", async () => {
    const second = { accountId: "222233334444", roleArn: "arn:aws:iam::222233334444:role/bedrock" };
    const trusting = { ...second, trusts: { kind: "accounts", accountIds: [role.accountId] } } as const;
    await using rig = await startRig({ roles: [role, trusting] });
    const sts = rig.sts(await rig.session());
    const input = { RoleArn: second.roleArn, RoleSessionName: "chained" };

    await sts.assumeRole(input);
    const error = await errorOf(sts.assumeRole({ ...input, DurationSeconds: 3601 }));

    expect(error.message).toContain("role chaining");
    expect(rig.aws.sessions().map((session) => session.accountId)).toEqual([role.accountId, second.accountId]);
  });

  it("fails as the fault hook says, for one account only", async () => {
    const message = "Rate exceeded";
    await using rig = await startRig({
      fault: ({ operation, accountId }) =>
        operation === "AssumeRole" && accountId === role.accountId
          ? { kind: "error", status: 400, type: "Throttling", message }
          : undefined,
    });

    const error = await errorOf(rig.sts().assumeRole(asked));

    expect(error).toMatchObject({ name: "Throttling", message });
    await rig.sts().getCallerIdentity({});
  });

  it("resets the connection when the fault hook says so", async () => {
    await using rig = await startRig({ fault: () => ({ kind: "reset" }) });

    expect((await errorOf(rig.sts().assumeRole(asked))).code).toBe("ECONNRESET");
  });
});

it("answers an unknown action with InvalidAction", async () => {
  await using rig = await startRig();

  const error = await errorOf(rig.sts().getSessionToken({}));

  expect(error.name).toBe("InvalidAction");
});
