import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShardrockError } from "../../errors.ts";
import { type AssumedRole, AssumedRoles } from "./assumed-roles.ts";
import type { SessionRequest } from "./session-request.ts";
import { ManualClock, settleDown } from "../testing/manual-clock.test.kit.ts";
import type { SessionCredentials } from "./role-identity.ts";

const minuteMs = 60_000;

const role: AssumedRole = {
  id: "111111111111",
  roleArn: "arn:aws:iam::111111111111:role/shardrock",
  externalId: "external",
  sessionName: "shardrock",
  sourceIdentity: "hub",
  tags: { team: "risk", stage: "test" },
  durationSeconds: 3600,
  regions: ["us-east-1", "eu-west-1"],
};

/** An STS that answers as told, and the roles that ask it. */
function open(answer?: (request: SessionRequest, signal: AbortSignal) => Promise<SessionCredentials>): {
  clock: ManualClock;
  roles: AssumedRoles;
  asked: SessionRequest[];
  sts: { fails: boolean; isDisposed: boolean };
} {
  const clock = new ManualClock();
  const asked: SessionRequest[] = [];
  const sts = { fails: false, isDisposed: false };
  const usual = async (): Promise<SessionCredentials> => {
    if (sts.fails) throw new Error("STS is down");
    const number = asked.length;
    const expiration = new Date(clock.epochMs() + 60 * minuteMs);
    return {
      accessKeyId: `ASIA${number}`,
      secretAccessKey: `secret${number}`,
      sessionToken: `token${number}`,
      expiration,
    };
  };
  const roles = new AssumedRoles({
    source: {
      hostId: "host",
      assume: (request, signal) => {
        asked.push(request);
        return (answer ?? usual)(request, signal);
      },
      [Symbol.dispose]: () => void (sts.isDisposed = true),
    },
    policyOf: ({ sessionPolicy }) => sessionPolicy,
    stsRegion: "us-east-1",
    credentialsMs: 10_000,
    clock,
    random: () => 0.5,
  });
  return { clock, roles, asked, sts };
}

describe("assumed roles", () => {
  it("ask STS once for all Regions and callers of a role", async () => {
    const { roles, asked } = open();

    const four = ["us-east-1", "us-west-2", "eu-west-1", "eu-north-1"].map((region) => ({
      ...role,
      regions: [region],
    }));
    const callers = four.flatMap((each) => Array.from({ length: 25 }, () => roles.session(each).resolve()));
    const identities = new Set(await Promise.all(callers));

    expect(asked).toHaveLength(1);
    expect(identities.size).toBe(1);
  });

  it("take every attribute of a session for another session", () => {
    const { roles } = open();
    const others: Partial<AssumedRole>[] = [
      { roleArn: "arn:aws:iam::111111111111:role/other" },
      { externalId: "other" },
      { externalId: undefined },
      { sessionName: "other" },
      { sourceIdentity: "other" },
      { tags: { team: "risk" } },
      { tags: { team: "other", stage: "test" } },
      { durationSeconds: 900 },
      { sessionPolicy: "{}" },
    ];

    const sessions = new Set(
      [role, ...others.map((other) => ({ ...role, ...other }))].map((each) => roles.session(each)),
    );

    expect(sessions.size).toBe(1 + others.length);
    expect(roles.session({ ...role, tags: { stage: "test", team: "risk" } })).toBe(roles.session(role));
  });

  it("never give one role's credentials to another, whatever their attributes", async () => {
    const attribute = fc.option(fc.string({ maxLength: 4 }), { nil: undefined });
    const roleLike = fc.record({
      roleArn: fc.string({ maxLength: 4 }),
      externalId: attribute,
      sessionName: fc.string({ maxLength: 4 }),
      sourceIdentity: attribute,
      sessionPolicy: attribute,
      tags: fc.dictionary(fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }), { maxKeys: 2 }),
      durationSeconds: fc.integer({ min: 900, max: 901 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(roleLike, { maxLength: 6 }), async (many) => {
        const { clock, roles } = open((request) =>
          Promise.resolve({
            accessKeyId: describeRole({
              ...request,
              sessionPolicy: request.policy,
              tags: Object.fromEntries(request.tags),
            }),
            secretAccessKey: "s",
            sessionToken: "t",
            expiration: new Date(clock.epochMs() + 60 * minuteMs),
          }),
        );
        for (const each of many) {
          const asking = { ...role, ...each };
          const identity = await roles.session(asking).resolve();
          expect(identity.accessKeyId).toBe(describeRole(asking));
        }
      }),
    );
  });

  it("are replaced in the background from half of their life on, while callers go on with what is at hand", async () => {
    const { clock, roles, asked } = open();
    const session = roles.session(role);
    const first = await session.resolve();

    await clock.advance(32.9 * minuteMs);
    const early = await session.resolve();
    await settleDown();
    expect(asked).toHaveLength(1);
    await clock.advance(0.2 * minuteMs);
    const during = await session.resolve();
    await settleDown();
    const after = await session.resolve();

    expect([early, during]).toEqual([first, first]);
    expect(after).not.toBe(first);
    expect(asked).toHaveLength(2);
  });

  it("stay in use until 30 s before their true end when STS is down, and ask it now and then only", async () => {
    const { clock, roles, asked, sts } = open();
    const session = roles.session(role);
    const first = await session.resolve();
    sts.fails = true;

    for (let second = 0; second < 59 * 60 + 30; second++) {
      expect(await session.resolve()).toBe(first);
      await clock.advance(1_000);
    }
    expect(asked.length).toBeLessThan(35);

    await expect(session.resolve()).rejects.toMatchObject({ code: "credentials-unavailable" });
  });

  it("come back with the first question after STS has come back", async () => {
    const { clock, roles, sts } = open();
    const session = roles.session(role);
    sts.fails = true;
    await expect(session.resolve()).rejects.toThrow("STS is down");
    sts.fails = false;

    await clock.advance(1_000);

    await expect(session.resolve()).resolves.toMatchObject({ accessKeyId: "ASIA2" });
  });

  it("answer a crowd with one failure, without asking STS again for each", async () => {
    const { roles, asked, sts } = open();
    sts.fails = true;

    const crowd = await Promise.allSettled(Array.from({ length: 50 }, () => roles.session(role).resolve()));
    const late = await roles
      .session(role)
      .resolve()
      .catch((error: unknown) => error);

    expect(asked).toHaveLength(1);
    expect(new Set(crowd.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(late).toBeInstanceOf(ShardrockError);
    expect(late).toMatchObject({ code: "credentials-unavailable", cause: new Error("STS is down") });
    expect(String(late)).toContain("111111111111");
  });

  it("give up an STS that hangs after the time for credentials", async () => {
    const { clock, roles } = open(() => new Promise(() => undefined));
    const waiting = roles
      .session(role)
      .resolve()
      .catch((error: unknown) => error);

    await clock.advance(10_000);

    expect(await waiting).toMatchObject({ code: "credentials-unavailable" });
    expect(clock.pending).toBe(0);
  });

  it("let a caller who gives up go at once, and serve the others", async () => {
    let answer: (credentials: SessionCredentials) => void = () => undefined;
    const { clock, roles, asked } = open(() => new Promise((resolve) => (answer = resolve)));
    const session = roles.session(role);
    const impatient = new AbortController();
    const left = session.resolve(impatient.signal).catch((error: unknown) => error);
    const stayed = session.resolve();

    impatient.abort(new Error("enough"));
    await expect(left).resolves.toEqual(new Error("enough"));
    const expiration = new Date(clock.epochMs() + 60 * minuteMs);
    answer({ accessKeyId: "ASIA", secretAccessKey: "s", sessionToken: "t", expiration });

    await expect(stayed).resolves.toMatchObject({ accessKeyId: "ASIA" });
    expect(asked).toHaveLength(1);
  });

  it("refuse credentials that have ended already, or never say when they end", async () => {
    for (const expiration of [new Date(0), new Date(Number.NaN)]) {
      const { roles } = open(() =>
        Promise.resolve({ accessKeyId: "a", secretAccessKey: "s", sessionToken: "t", expiration }),
      );

      await expect(roles.session(role).resolve()).rejects.toMatchObject({ code: "credentials-unavailable" });
    }
  });

  it("forget everything when they are disposed, and get nothing new", async () => {
    const { roles, asked, sts } = open();
    const session = roles.session(role);
    const identity = await session.resolve();

    roles[Symbol.dispose]();

    expect(session.current).toBeUndefined();
    expect(() => identity.secretAccessKey).toThrow("wiped");
    expect(sts.isDisposed).toBe(true);
    expect(asked).toHaveLength(1);
    await expect(session.resolve()).rejects.toMatchObject({ code: "credentials-unavailable" });
  });
});

/** All that makes a session what it is, in one text. */
function describeRole(described: Omit<AssumedRole, "id" | "regions">): string {
  const { roleArn, externalId, sessionName, sourceIdentity, sessionPolicy, tags, durationSeconds } = described;
  const sortedTags = Object.entries(tags).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([roleArn, externalId, sessionName, sourceIdentity, sessionPolicy, sortedTags, durationSeconds]);
}
