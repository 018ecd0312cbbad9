import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type AssumedRole, AssumedRoles } from "./assumed-roles.ts";
import { assumedRole, callerIdentity, type FakeAnswer, FakeAws } from "../testing/fake-aws.test.kit.ts";
import { ManualClock } from "../testing/manual-clock.test.kit.ts";
import { type HostCredentials, StsSessions, type StsSessionsOptions } from "./sts-sessions.ts";

const accountId = "111111111111";
const host = { accessKeyId: "AKIAHOST", secretAccessKey: "host-secret", sessionToken: "host-token" };
const role: AssumedRole = {
  id: accountId,
  roleArn: `arn:aws:iam::${accountId}:role/shardrock`,
  externalId: "an-external-id",
  sessionName: "shardrock",
  tags: { team: "risk" },
  durationSeconds: 3600,
  regions: ["eu-west-1", "us-east-1"],
};
const busy: FakeAnswer = {
  status: 500,
  body: "<ErrorResponse><Error><Code>InternalFailure</Code></Error></ErrorResponse>",
};

function open(change: Partial<StsSessionsOptions> = {}) {
  const aws = new FakeAws();
  const clock = new ManualClock();
  const source = new StsSessions({ requestHandler: aws.handler, hostCredentials: host, ...change });
  const warnings: string[] = [];
  const roles = new AssumedRoles({
    source,
    policyOf: ({ sessionPolicy }) => sessionPolicy,
    onMismatch: (id, { message }) => warnings.push(`${id}: ${message}`),
    credentialsMs: 10_000,
    clock,
    random: () => 0,
  });
  return { aws, clock, roles, warnings, session: roles.session(role) };
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

afterEach(() => vi.unstubAllEnvs());

describe("a new session", () => {
  it("is asked once whose it is, by its own signature, at the STS that gave it", async () => {
    const { aws, session } = open();

    await Promise.all(Array.from({ length: 20 }, () => session.resolve()));

    expect(aws.sts).toMatchObject([{ signer: "host", host: "sts.eu-west-1.amazonaws.com" }]);
    expect(aws.identityChecks).toMatchObject([
      { signer: accountId, host: "sts.eu-west-1.amazonaws.com", signedRegion: "eu-west-1" },
    ]);
    expect(aws.identityChecks[0]?.headers["x-amz-security-token"]).toBe(`token-${accountId}`);
  });

  it("carries its name, and the source identity, tags and external id of the config", async () => {
    const { aws, roles } = open();

    await roles.session({ ...role, sourceIdentity: "the-hub", tags: { team: "risk" } }).resolve();

    expect(Object.fromEntries(new URLSearchParams(aws.sts[0]?.body))).toMatchObject({
      RoleSessionName: role.sessionName,
      SourceIdentity: "the-hub",
      ExternalId: role.externalId,
      "Tags.member.1.Key": "team",
      "Tags.member.1.Value": "risk",
    });
  });

  it("is asked again at every refresh", async () => {
    const { aws, clock, session } = open();
    await session.resolve();

    await clock.advance(31 * 60_000);
    await session.resolve();

    await vi.waitFor(() => expect([aws.sts.length, aws.identityChecks.length]).toEqual([2, 2]));
  });

  it.each([
    ["another account's", callerIdentity("222222222222")],
    ["another role's", callerIdentity(accountId, "administrator")],
  ])("that is %s is never used, and is warned of once", async (_whose, answer) => {
    const { aws, session, warnings } = open();
    aws.onIdentityCheck = () => answer;

    const errors = [await errorOf(session.resolve()), await errorOf(session.resolve())];

    expect(errors).toMatchObject([{ code: "account-mismatch" }, { code: "account-mismatch" }]);
    expect(aws.sts).toHaveLength(1);
    expect(warnings).toEqual([
      expect.stringContaining(`${accountId}: account ${accountId}: asked for ${role.roleArn}`),
    ]);
  });

  it("that cannot say whose it is, is not used; the next question may fare better", async () => {
    const { aws, clock, session, warnings } = open();
    aws.onIdentityCheck = () => ({
      status: 403,
      body: "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>",
    });
    const error = await errorOf(session.resolve());
    aws.onIdentityCheck = () => callerIdentity(accountId);
    await clock.advance(1_000);

    expect(error).toMatchObject({ code: "credentials-unavailable", cause: { name: "AccessDenied" } });
    expect(await session.resolve()).toMatchObject({ accessKeyId: `ASIA${accountId}` });
    expect(warnings).toEqual([]);
  });

  it("that cannot say so at a refresh leaves the one at hand in use", async () => {
    const { aws, clock, session } = open();
    const first = await session.resolve();
    aws.onIdentityCheck = () => ({
      status: 403,
      body: "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>",
    });

    await clock.advance(31 * 60_000);
    await session.resolve();
    await vi.waitFor(() => expect(aws.identityChecks).toHaveLength(2));
    await clock.advance(28 * 60_000);

    expect(await session.resolve()).toBe(first);
  });

  it("has one time for both questions", async () => {
    const { aws, clock, session } = open();
    const never = new Promise<FakeAnswer>(() => undefined);
    aws.onIdentityCheck = () => never;
    const waiting = errorOf(session.resolve());
    await vi.waitFor(() => expect(aws.identityChecks).toHaveLength(1));

    await clock.advance(10_000);

    expect(await waiting).toMatchObject({ code: "credentials-unavailable" });
    expect(aws.identityChecks[0]?.signal?.aborted).toBe(true);
  });

  it("leaves no open handler, listener or socket of its own behind", async () => {
    const { aws, clock, roles, session } = open();
    const destroy = vi.fn<() => void>();
    Object.assign(aws.handler, { destroy });

    for (let renewal = 0; renewal < 20; renewal++) {
      await session.renew(await session.resolve());
      await clock.advance(10_000);
    }
    roles[Symbol.dispose]();

    expect(aws.identityChecks).toHaveLength(21);
    expect(destroy).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
  });

  it("is asked for with its policy", async () => {
    const { aws, roles } = open();
    const policy = '{"Version":"2012-10-17","Statement":[]}';

    await roles.session({ ...role, sessionPolicy: policy }).resolve();

    expect(new URLSearchParams(aws.sts[0]?.body).get("Policy")).toBe(policy);
  });
});

describe("the STS that is asked", () => {
  it.each<Record<string, string>>([
    {},
    { AWS_STS_REGIONAL_ENDPOINTS: "legacy" },
    { AWS_REGION: "aws-global", AWS_DEFAULT_REGION: "aws-global" },
    { AWS_ENDPOINT_URL: "https://evil.example", AWS_ENDPOINT_URL_STS: "https://evil.example" },
  ])("is the Region's own whatever the environment says: %j", async (env) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const { aws, roles } = open();

    for (const region of ["us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "sa-east-1"]) {
      await roles.session({ ...role, regions: [region] }).resolve();
      expect(aws.seen.slice(-2).map((seen) => seen.host)).toEqual(Array(2).fill(`sts.${region}.amazonaws.com`));
    }
    expect(aws.seen).toHaveLength(10);
  });

  it("is asked again within the time when it is busy", async () => {
    const { aws, session } = open();
    const answers = [busy, busy];
    aws.onSts = () => answers.pop() ?? assumedRole(accountId);

    await expect(session.resolve()).resolves.toMatchObject({ accessKeyId: `ASIA${accountId}` });
    expect(aws.sts).toHaveLength(3);
  });
});

describe("the host's own credentials", () => {
  const hung: HostCredentials = () => new Promise(() => undefined);

  it("may take for ever: the caller's deadline ends the wait, and so does the time for credentials", async () => {
    const { clock, session } = open({ hostCredentials: hung });
    const impatient = new AbortController();
    const left = errorOf(session.resolve(impatient.signal));
    const stayed = errorOf(session.resolve());

    impatient.abort(new Error("enough"));
    expect(await left).toEqual(new Error("enough"));
    await clock.advance(10_000);

    expect(await stayed).toMatchObject({ code: "credentials-unavailable" });
  });

  it("are asked for anew after they took too long", async () => {
    let asked = 0;
    const { clock, session } = open({
      hostCredentials: () => (++asked === 1 ? new Promise(() => undefined) : Promise.resolve(host)),
    });
    const first = errorOf(session.resolve());
    await clock.advance(10_000);
    await first;
    await clock.advance(1_000);

    await expect(session.resolve()).resolves.toMatchObject({ accessKeyId: `ASIA${accountId}` });
    expect(asked).toBe(2);
  });

  it("are asked for anew when STS took them for expired", async () => {
    let asked = 0;
    const { aws, clock, session } = open({
      hostCredentials: () => Promise.resolve({ ...host, accessKeyId: `AKIA${++asked}` }),
    });
    aws.onSts = () => ({
      status: 403,
      body: "<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>",
    });
    await errorOf(session.resolve());
    aws.onSts = () => assumedRole(accountId);
    await clock.advance(1_000);

    await session.resolve();

    expect(aws.sts.at(-1)?.authorization).toContain(`Credential=AKIA${asked}/`);
    expect(asked).toBe(2);
  });

  it("tell two hosts apart, and are the same for the same object", () => {
    const handler = new FakeAws().handler;
    const idOf = (hostCredentials?: HostCredentials) =>
      new StsSessions({ requestHandler: handler, hostCredentials }).hostId;
    const one = { ...host };

    expect(idOf(one)).toBe(idOf(one));
    expect(new Set([idOf(one), idOf({ ...host }), idOf(hung), idOf()]).size).toBe(4);
    expect(idOf(one)).not.toContain("AKIA");
  });
});

describe("secrets", () => {
  const secrets = /host-secret|host-token|AKIAHOST|an-external-id|secret-1|token-1|ASIA1/;

  it("print as [redacted] and are found nowhere, however one looks", async () => {
    const { roles, session } = open();
    const identity = await session.resolve();
    const source = new StsSessions({ requestHandler: new FakeAws().handler, hostCredentials: host });
    const all = { identity, session, roles, source };

    const printed = [
      JSON.stringify(all),
      inspect(all, { showHidden: true, depth: Number.POSITIVE_INFINITY }),
      inspect(all, { showHidden: true, depth: Number.POSITIVE_INFINITY, customInspect: false, getters: false }),
      inspect(structuredClone(identity), { showHidden: true }),
      inspect(structuredClone(Object.assign({}, identity))),
      `${identity} ${String(identity)}`,
    ];

    expect(printed.join("\n")).not.toMatch(secrets);
    expect([printed[0], printed[1], printed[5]]).toEqual(Array(3).fill(expect.stringContaining("[redacted]")));
    expect(identity.secretAccessKey).toBe(`secret-${accountId}`);
  });

  it.each([
    ["ExternalId", "1 validation error detected: Value 'an-external-id' at 'externalId' failed"],
    ["session token", "The token host-token is malformed"],
  ])("are cut out of what STS says: %s", async (_what, message) => {
    const { aws, session } = open({ includeProviderMessage: true });
    aws.onSts = () => ({
      status: 400,
      body: `<ErrorResponse><Error><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
    });

    const error = await errorOf(session.resolve());

    expect(error).toMatchObject({ cause: { name: "ValidationError", message: expect.stringContaining("[redacted]") } });
    expect(inspect(error, { showHidden: true, depth: Number.POSITIVE_INFINITY })).not.toMatch(secrets);
  });

  it("are not in what is thrown by a provider of credentials that throws anything", async () => {
    const { session } = open({ hostCredentials: () => Promise.reject({ secretAccessKey: "host-secret" }) });

    expect(inspect(await errorOf(session.resolve()), { showHidden: true, depth: 20 })).not.toMatch(secrets);
  });
});
